"""The rows of a sheet, without its empty ones, and only as many as are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lumos_excel_reader.area import Area, column_name
from lumos_excel_reader.cells import CellValue, cell_value
from lumos_excel_reader.errors import WorkbookError

__all__ = ["MAX_CELLS", "Found", "read_rows"]

MAX_CELLS = 5_000_000


@dataclass
class Found:
    """Rows that are not empty, with their numbers in the sheet, and what is odd in them.

    A row ends with its last cell that is not empty. ``has_more`` if there are further rows.
    """

    rows: list[tuple[int, list[CellValue]]] = field(default_factory=list)
    has_more: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        """The length of the longest row."""
        return max((len(values) for _, values in self.rows), default=0)


def read_rows(sheet: Any, area: Area, limit: int) -> Found:
    """Up to ``limit`` rows of an openpyxl sheet; raises WorkbookError if it has too many cells."""
    sheet.reset_dimensions()
    found = Found()
    seen = 0
    lines = sheet.iter_rows(
        min_row=area.top,
        max_row=area.bottom,
        min_col=area.left,
        max_col=area.right if area.has_columns else None,
    )
    for number, cells in enumerate(lines, area.top):
        seen += len(cells) + 1
        if seen > MAX_CELLS:
            raise WorkbookError(
                f"The sheet has more than {MAX_CELLS:,} cells before the wanted rows end. "
                "Read a part of it with range."
            )
        values = _values(cells)
        if not values:
            continue
        if len(found.rows) == limit:
            found.has_more = True
            break
        found.rows.append((number, values))
        found.warnings += _error_notes(cells, number, area.left)
    return found


def _values(cells: Iterable[Any]) -> list[CellValue]:
    values = [cell_value(cell) for cell in cells]
    while values and values[-1] is None:
        values.pop()
    return values


def _error_notes(cells: Iterable[Any], row: int, left: int) -> Iterator[str]:
    for column, cell in enumerate(cells, left):
        if cell.data_type == "e":
            yield f"The cell {column_name(column)}{row} holds the error {cell.value}."
