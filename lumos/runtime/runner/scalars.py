"""JSON scalars as the types that a function asks for.

Every converter takes the value and the words that name it in an error; it raises :class:`Refused`
for a value that does not fit. The accepted spellings are those of pydantic's JSON mode.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import ipaddress
import json
import os
import pathlib
import re
import uuid
import zoneinfo
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


DAYS = {"years": 365, "months": 30}
DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?"
    r"(?:(?P<weeks>[\d.]+)W)?(?:(?P<days>[\d.]+)D)?"
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
            days = sum(parts.pop(name, 0) * count for name, count in DAYS.items())
            parts["days"] = parts.get("days", 0) + days
            return datetime.timedelta(**parts) * (-1 if match["sign"] == "-" else 1)
    except (ValueError, OverflowError):
        pass
    bad(value, "a number of seconds or a duration such as PT1H30M", where)


def to_decimal(value: Any, where: str) -> decimal.Decimal:
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            number = decimal.Decimal(str(value))
            if number.is_finite():
                return number
    except decimal.InvalidOperation:
        pass
    bad(value, "a decimal number", where)


def to_uuid(value: Any, where: str) -> uuid.UUID:
    try:
        return uuid.UUID(to_str(value, where))
    except ValueError:
        bad(value, "a UUID", where)


def constructed(kind: Any, wanted: str) -> Callable[[Any, str], Any]:
    """The converter of a class that reads a string itself."""

    def to_kind(value: Any, where: str) -> Any:
        try:
            return kind(to_str(value, where))
        except (ValueError, TypeError, OSError, re.error, zoneinfo.ZoneInfoNotFoundError):
            bad(value, wanted, where)

    return to_kind


def to_fraction(value: Any, where: str) -> fractions.Fraction:
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return fractions.Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    bad(value, "a number or a fraction such as 1/3", where)


PATHS = (pathlib.Path, pathlib.PurePath, pathlib.PosixPath, pathlib.PurePosixPath)
ADDRESSES = {
    ipaddress.IPv4Address: "an IPv4 address",
    ipaddress.IPv6Address: "an IPv6 address",
    ipaddress.IPv4Network: "an IPv4 network",
    ipaddress.IPv6Network: "an IPv6 network",
    ipaddress.IPv4Interface: "an IPv4 address with its network",
    ipaddress.IPv6Interface: "an IPv6 address with its network",
}
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
    fractions.Fraction: to_fraction,
    uuid.UUID: to_uuid,
    os.PathLike: constructed(pathlib.Path, "a path"),
    re.Pattern: constructed(re.compile, "a regular expression"),
    zoneinfo.ZoneInfo: constructed(zoneinfo.ZoneInfo, "a time zone such as Europe/Paris"),
    **{kind: constructed(kind, "a path") for kind in PATHS},
    **{kind: constructed(kind, wanted) for kind, wanted in ADDRESSES.items()},
}
#: The JSON values that are a type's own; in a union they are preferred to converted ones.
EXACT: dict[Any, tuple[type, ...]] = {
    bool: (bool,),
    int: (int,),
    float: (float, int),
    str: (str,),
    type(None): (type(None),),
    None: (type(None),),
}


def is_exact(value: Any, hint: Any) -> bool:
    """Whether ``value`` needs no conversion to be a ``hint``."""
    return type(value) in EXACT.get(hint, ())


def same_json(first: Any, second: Any) -> bool:
    """Whether two scalars are one value in JSON, where 1 and 1.0 are equal and true is neither."""
    return isinstance(first, bool) == isinstance(second, bool) and bool(first == second)
