"""``tool.toml``: permissions, settings, functions, examples and recordings."""
