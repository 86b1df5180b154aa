"""From a cell to a value that JSON can hold."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

__all__ = ["CellValue", "cell_value"]

CellValue = bool | int | float | str | None

# Texts in quotes and parts in brackets, such as colors and currencies, say nothing of the time.
_LITERAL = re.compile(r'"[^"]*"|\[(?!h|m|s)[^\]]*\]|\\.', re.IGNORECASE)


def cell_value(cell: Any) -> CellValue:
    """The value of an openpyxl cell: dates and times as ISO 8601, spans as H:MM:SS."""
    value = cell.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if isinstance(value, dt.datetime):
        return _written(value, cell.number_format)
    if isinstance(value, dt.timedelta):
        return _span(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _written(value: dt.datetime, number_format: str) -> str:
    """A date alone where the cell shows no time and has none."""
    shown = _LITERAL.sub("", number_format or "").lower()
    if value.time() == dt.time() and "h" not in shown and "s" not in shown:
        return value.date().isoformat()
    return value.isoformat()


def _span(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{'-' if seconds < 0 else ''}{hours}:{minutes:02d}:{rest:02d}"
