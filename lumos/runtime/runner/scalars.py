"""JSON scalars as the types that a function asks for.

Every converter takes the value and the words that name it in an error; it raises :class:`Refused`
for a value that does not fit. The accepted spellings are those of pydantic's JSON mode.
"""

from __future__ import annotations

import datetime
import decimal
import json
import os
import pathlib
import re
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

from .errors import Refused


def bad(value: Any, wanted: str, where: str) -> NoReturn:
    shown = json.dumps(value, default=str)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    raise Refused("arguments", f"{where} must be {wanted}, but it is {shown}.")


def to_bool(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, str)) and str(value).lower() in ("true", "1", "false", "0"):
        return str(value).lower() in ("true", "1")
    bad(value, "true or false", where)


def to_int(value: Any, where: str) -> int:
    try:
        if isinstance(value, int | str) and not isinstance(value, bool):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
    except ValueError:
        pass
    bad(value, "a whole number", where)


def to_float(value: Any, where: str) -> float:
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    bad(value, "a number", where)


def to_str(value: Any, where: str) -> str:
    return value if isinstance(value, str) else bad(value, "a string", where)


def to_bytes(value: Any, where: str) -> bytes:
    return to_str(value, where).encode()


def to_none(value: Any, where: str) -> None:
    if value is not None:
        bad(value, "null", where)


def to_datetime(value: Any, where: str) -> datetime.datetime:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.datetime.fromtimestamp(value, datetime.UTC)
        return datetime.datetime.fromisoformat(to_str(value, where))
    except (ValueError, OverflowError):
        bad(value, "a date and time such as 2026-01-31T12:00:00Z", where)


def to_date(value: Any, where: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(to_str(value, where))
    except ValueError:
        bad(value, "a date such as 2026-01-31", where)


def to_time(value: Any, where: str) -> datetime.time:
    try:
        return datetime.time.fromisoformat(to_str(value, where))
    except ValueError:
        bad(value, "a time such as 12:30:00", where)


DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>[\d.]+)W)?(?:(?P<days>[\d.]+)D)?"
    r"(?:T(?:(?P<hours>[\d.]+)H)?(?:(?P<minutes>[\d.]+)M)?(?:(?P<seconds>[\d.]+)S)?)?"
)


def to_timedelta(value: Any, where: str) -> datetime.timedelta:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.timedelta(seconds=value)
        match = DURATION.fullmatch(to_str(value, where))
        parts = {
            k: float(v)
            for k, v in (match.groupdict() if match else {}).items()
            if k != "sign" and v
        }
        if match and parts:
            return datetime.timedelta(**parts) * (-1 if match["sign"] == "-" else 1)
    except (ValueError, OverflowError):
        pass
    bad(value, "a number of seconds or a duration such as PT1H30M", where)


def to_decimal(value: Any, where: str) -> decimal.Decimal:
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        pass
    bad(value, "a decimal number", where)


def to_uuid(value: Any, where: str) -> uuid.UUID:
    try:
        return uuid.UUID(to_str(value, where))
    except ValueError:
        bad(value, "a UUID", where)


def to_path(value: Any, where: str) -> pathlib.Path:
    return pathlib.Path(to_str(value, where))


SCALARS: dict[Any, Callable[[Any, str], Any]] = {
    bool: to_bool,
    int: to_int,
    float: to_float,
    str: to_str,
    bytes: to_bytes,
    type(None): to_none,
    None: to_none,
    datetime.datetime: to_datetime,
    datetime.date: to_date,
    datetime.time: to_time,
    datetime.timedelta: to_timedelta,
    decimal.Decimal: to_decimal,
    uuid.UUID: to_uuid,
    pathlib.Path: to_path,
    pathlib.PurePath: to_path,
    os.PathLike: to_path,
}
