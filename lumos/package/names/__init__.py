"""Names of tools, namespaces and distributions: form, reserved words and look-alikes."""
