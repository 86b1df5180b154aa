"""Turn CSV text into rows that an agent can use."""

from lumos_csv_parser.table import CsvTable, csv_parser

__all__ = ["CsvTable", "csv_parser"]
