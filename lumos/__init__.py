"""The lumos distribution: command line, client, package format and tool runtime."""

__version__ = "0.1.0"
