"""The function: CSV text in, a table with named columns out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lumos_csv_parser.columns import name_columns

__all__ = ["MAX_CELLS", "MAX_CHARACTERS", "MAX_COLUMNS", "MAX_ROWS", "CsvTable", "csv_parser"]

MAX_CHARACTERS = 20_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 16_384
MAX_CELLS = 5_000_000
_MAX_WARNINGS = 20
_NOT_A_DELIMITER = '"\r\n\0\ufeff'


@dataclass(frozen=True)
class CsvTable:
    """A table that was read from CSV text.

    Attributes:
        headers: The names of the columns, unique, in the order of the text.
        rows: One object a row, from column name to text; null where the row had no such field.
        row_count: How many rows are in ``rows``.
        truncated: True if the text holds more rows than ``max_rows``.
        warnings: What was fixed or looks wrong, such as rows that are too short or too long.
    """

    headers: list[str]
    rows: list[dict[str, str | None]]
    row_count: int
    truncated: bool
    warnings: list[str]


def csv_parser(
    csv_data: str, delimiter: str = ",", has_headers: bool = True, max_rows: int = 1000
) -> CsvTable:
    """Parse CSV text into rows with named columns.

    Follows RFC 4180: a field in double quotes may hold the delimiter, line breaks and doubled
    quotes. Every field stays text, exactly as written. Blank lines are skipped, a byte order mark
    is dropped, and rows of uneven length are kept whole and reported.

    Args:
        csv_data: The CSV text itself, at most 20,000,000 characters.
        delimiter: The character between two fields, such as "," or ";" or a tab.
        has_headers: Whether the first row holds the names of the columns. Without it they are
            called column_1, column_2 and so on.
        max_rows: How many rows to return at most, the header not counted, from 1 to 100000.

    Returns:
        The column names, the rows, and warnings about what was fixed.

    Raises:
        ValueError: The delimiter or max_rows cannot be used, the text is too long, or a quoted
            field is not closed properly.
    """
    _check_limits(csv_data, max_rows)
    records = _records(csv_data, _check_delimiter(delimiter))
    header = next(records, (0, []))[1] if has_headers else []
    taken = list(islice(records, max_rows))
    truncated = next(records, None) is not None
    width = max((len(fields) for _, fields in taken), default=0)
    _check_size(len(taken), max(width, len(header)))
    headers, warnings = name_columns(header, max(width, len(header)))
    warnings = _shortened(warnings) + _uneven(taken, len(header) if has_headers else width)
    if not headers:
        warnings.append("The text holds no rows.")
    rows = [_row(headers, fields) for _, fields in taken]
    return CsvTable(headers, rows, len(rows), truncated, warnings)


def _check_limits(csv_data: str, max_rows: int) -> None:
    if len(csv_data) > MAX_CHARACTERS:
        raise ValueError(
            f"csv_data has {len(csv_data):,} characters, more than the {MAX_CHARACTERS:,} that are "
            "parsed at once. Split the text at a line break and parse the parts one by one."
        )
    if not 1 <= max_rows <= MAX_ROWS:
        raise ValueError(
            f"max_rows is {max_rows}, but it must lie between 1 and {MAX_ROWS}. "
            "Leave it out for 1000 rows."
        )


def _check_delimiter(delimiter: str) -> str:
    character = "\t" if delimiter == "\\t" else delimiter
    if len(character) != 1 or character in _NOT_A_DELIMITER:
        raise ValueError(
            f"The delimiter {delimiter!r} cannot be used: it must be exactly one character, and "
            'neither a double quote nor a line break. Try "," or ";" or "|" or a tab ("\\t").'
        )
    return character


def _records(csv_data: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not a blank line, with the line it starts on (from 1)."""
    if csv.field_size_limit() < MAX_CHARACTERS:
        csv.field_size_limit(MAX_CHARACTERS)
    text = io.StringIO(csv_data.removeprefix("\ufeff"), newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    start = 1
    try:
        for fields in reader:
            if fields:
                yield start, fields
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f"The record that starts on line {start} is not valid CSV: {error}. A field that opens "
            "with a double quote must close with one before the next delimiter, and a quote inside "
            'it is written twice (""). Check the quotes there, or try another delimiter.'
        ) from None


def _check_size(rows: int, columns: int) -> None:
    if columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise ValueError(
            f"The table would have {rows:,} rows and {columns:,} columns, more than the "
            f"{MAX_COLUMNS:,} columns or {MAX_CELLS:,} cells that are returned at once. Check the "
            "delimiter, or ask for fewer rows with max_rows."
        )


def _uneven(records: list[tuple[int, list[str]]], expected: int) -> list[str]:
    return _shortened(
        [
            f"The row on line {line} has {len(fields)} fields instead of {expected}."
            for line, fields in records
            if len(fields) != expected
        ]
    )


def _shortened(warnings: list[str]) -> list[str]:
    hidden = len(warnings) - _MAX_WARNINGS
    if hidden <= 0:
        return warnings
    return [*warnings[:_MAX_WARNINGS], f"{hidden} more warnings of this kind are left out."]


def _row(headers: list[str], fields: list[str]) -> dict[str, str | None]:
    row: dict[str, str | None] = dict(zip(headers, fields, strict=False))
    for missing in headers[len(fields) :]:
        row[missing] = None
    return row
