"""Read the rows of Excel workbooks."""

from lumos_excel_reader.table import ExcelTable, excel_reader

__all__ = ["ExcelTable", "excel_reader"]
