"""Search engines: one Protocol (``base``), one file per implementation."""
