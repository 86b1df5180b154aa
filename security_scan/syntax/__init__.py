"""Static analysis of Python: scopes, name resolution, constant evaluation and data flow."""
