"""Ranges as spreadsheets write them: A1:C10, A:C, 2:10, and the sheet before them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lumos_excel_reader.errors import WorkbookError

__all__ = ["MAX_COLUMN", "MAX_ROW", "Area", "column_name", "read_area"]

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_SHEET = re.compile(r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!]+))!")
_CELLS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_COLUMNS = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})")
_ROWS = re.compile(r"\$?([0-9]{1,7}):\$?([0-9]{1,7})")


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, counted from 1, both ends included; ``sheet`` if it names one."""

    left: int = 1
    top: int = 1
    right: int = MAX_COLUMN
    bottom: int = MAX_ROW
    sheet: str = ""

    @property
    def has_columns(self) -> bool:
        """Whether the columns are bounded."""
        return self.right < MAX_COLUMN


def read_area(text: str | None) -> Area:
    """The rectangle that a range means; everything if there is none. Raises WorkbookError."""
    if not text or not text.strip():
        return Area()
    written = text.strip()
    sheet = _SHEET.match(written)
    name = (sheet["plain"] or sheet["quoted"].replace("''", "'")) if sheet else ""
    cells = written[sheet.end() :].upper() if sheet else written.upper()
    if match := _CELLS.fullmatch(cells):
        left, top, right, bottom = match.groups()
        return _area(text, name, (left, right or left), (top, bottom or top))
    if match := _COLUMNS.fullmatch(cells):
        return _area(text, name, (match[1], match[2]), ("1", str(MAX_ROW)))
    if match := _ROWS.fullmatch(cells):
        return _area(text, name, ("A", column_name(MAX_COLUMN)), (match[1], match[2]))
    raise WorkbookError(
        f"The range {text[:60]!r} cannot be read. Write it as A1:C10, A:C, 2:10, or with the sheet "
        "as Sheet1!A1:C10."
    )


def _area(text: str, sheet: str, columns: tuple[str, str], rows: tuple[str, str]) -> Area:
    left, right = sorted(map(_column_number, columns))
    top, bottom = sorted(map(int, rows))
    if right > MAX_COLUMN or not 1 <= top <= bottom <= MAX_ROW:
        raise WorkbookError(
            f"The range {text[:60]!r} leads outside the sheet, whose last cell is XFD{MAX_ROW}. "
            "Correct it."
        )
    return Area(left, top, right, bottom, sheet)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_name(number: int) -> str:
    """The letters of a column, counted from 1: A, B, … Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
