"""Parse JSON strictly and pick values from it."""

from lumos_json_parser.document import JsonDocument, json_parser

__all__ = ["JsonDocument", "json_parser"]
