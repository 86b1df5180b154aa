"""Users, organizations, namespaces, API tokens and sign-in."""
