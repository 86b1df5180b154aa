"""The REST API below ``/api/v1/``, one module a resource: authorize, parse, one call, render."""
