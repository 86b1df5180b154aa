"""Downloads and usage: read from logs in batches, kept as daily rows."""
