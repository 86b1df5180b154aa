"""The function: a workbook in, a table of one of its sheets out."""

from __future__ import annotations

from dataclasses import dataclass

from lumos_excel_reader.area import Area, column_name, read_area
from lumos_excel_reader.cells import CellValue
from lumos_excel_reader.errors import WorkbookError
from lumos_excel_reader.opening import choose_sheet, open_workbook
from lumos_excel_reader.rows import MAX_CELLS, Found, read_rows

__all__ = ["MAX_ROWS", "ExcelTable", "excel_reader"]

MAX_ROWS = 100_000
_MAX_WARNINGS = 20


@dataclass(frozen=True)
class ExcelTable:
    """A table that was read from a sheet.

    Attributes:
        sheet: The name of the sheet.
        sheets: The names of all sheets with cells in the workbook.
        range: The cells that the table covers, such as A1:C10; empty if it has none.
        headers: The names of the columns, unique, from left to right.
        rows: One object a row, from column name to value; null for an empty cell.
        row_count: How many rows are in ``rows``.
        truncated: True if the sheet holds more rows than ``max_rows``.
        warnings: What was changed or looks wrong, such as cells with errors.
    """

    sheet: str
    sheets: list[str]
    range: str
    headers: list[str]
    rows: list[dict[str, CellValue]]
    row_count: int
    truncated: bool
    warnings: list[str]


def excel_reader(
    file_path: str,
    sheet_name: str | None = None,
    range: str | None = None,
    headers: bool = True,
    max_rows: int = 1000,
) -> ExcelTable:
    """Read rows from a sheet of an Excel workbook (.xlsx or .xlsm).

    Formulas give the value that was computed last. Dates and times come as ISO 8601, other cells
    as numbers, texts and booleans. Empty rows are skipped. Macros are never run.

    Args:
        file_path: The path of the workbook; a relative one starts at the working folder.
        sheet_name: The sheet to read. Leave it out for the first visible one.
        range: The cells to read, such as "A1:C10", "A:C", "2:10" or "Sheet1!A1:C10". Leave it out
            for the whole sheet.
        headers: Whether the first row that is not empty holds the names of the columns. Without
            it they are called A, B, C and so on, as in the sheet.
        max_rows: How many rows to return at most, the header not counted, from 1 to 100000.

    Returns:
        The column names and the rows.

    Raises:
        ValueError: The file is not there or no workbook, is too large, or has no such sheet; or
            the range or max_rows cannot be used.
    """
    area = read_area(range)
    if not 1 <= max_rows <= MAX_ROWS:
        raise WorkbookError(
            f"max_rows is {max_rows}, but it must lie between 1 and {MAX_ROWS}. "
            "Leave it out for 1000 rows."
        )
    with open_workbook(file_path) as workbook:
        sheet = choose_sheet(workbook, sheet_name or area.sheet)
        found = read_rows(sheet, area, max_rows + headers)
        titles = [other.title for other in workbook.worksheets]
        return _table(sheet.title, titles, found, area, headers)


def _table(
    sheet: str, sheets: list[str], found: Found, area: Area, has_headers: bool
) -> ExcelTable:
    width = area.right - area.left + 1 if area.has_columns else found.width
    if len(found.rows) * width > MAX_CELLS:
        raise WorkbookError(
            f"The table would have {len(found.rows):,} rows and {width:,} columns, more than "
            f"{MAX_CELLS:,} cells. Ask for fewer with range or max_rows."
        )
    wanted = found.rows[0][1] if has_headers and found.rows else []
    names, changes = _names(wanted, width if found.rows else 0, area.left)
    body = found.rows[1:] if has_headers else found.rows
    rows = [
        dict(zip(names, values + [None] * (width - len(values)), strict=True)) for _, values in body
    ]
    notes = _shortened(changes) + _shortened(found.warnings)
    if not found.rows:
        notes.append("There are no cells with values there.")
    covered = _covered(found, area.left, width)
    return ExcelTable(sheet, sheets, covered, names, rows, len(rows), found.has_more, notes)


def _names(wanted: list[CellValue], width: int, left: int) -> tuple[list[str], list[str]]:
    """The names of the columns, made unique, and what had to change in a header."""
    taken = {str(name).strip() for name in wanted if name is not None}
    seen: dict[str, int] = {}
    names: list[str] = []
    changes: list[str] = []
    for position, value in enumerate([*wanted, *[None] * (width - len(wanted))]):
        letters = column_name(left + position)
        name = "" if value is None else str(value).strip()
        stem = name or letters
        unique = stem
        while unique in seen or (unique != name and unique in taken):
            seen[stem] = seen.get(stem, 1) + 1
            unique = f"{stem}_{seen[stem]}"
        seen.setdefault(unique, 1)
        names.append(unique)
        if wanted and unique != name:
            reason = f"repeats the name {name!r}" if name else "has no name"
            changes.append(f"Column {letters} {reason}; it is called {unique!r} here.")
    return names, changes


def _covered(found: Found, left: int, width: int) -> str:
    if not found.rows:
        return ""
    first, last = found.rows[0][0], found.rows[-1][0]
    return f"{column_name(left)}{first}:{column_name(left + width - 1)}{last}"


def _shortened(notes: list[str]) -> list[str]:
    hidden = len(notes) - _MAX_WARNINGS
    if hidden <= 0:
        return notes
    return [*notes[:_MAX_WARNINGS], f"{hidden} more warnings of this kind are left out."]
