"""Converts a function's result to JSON values, in the forms of pydantic's JSON mode."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import importlib
import os
import re
import typing
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from .errors import Refused
from .hints import is_pydantic_type


def jsonable(value: Any) -> Any:
    """``value`` in types that ``json`` can write; raises :class:`Refused` for one that has no form.

    Not-a-number and infinity are refused: JSON has no such numbers.
    """
    if value is None or value is True or value is False or type(value) in (str, int):
        return value
    if isinstance(value, float):
        if value - value != 0:
            text = f"The function returned {value!r}, which is not a number in JSON."
            raise Refused("result", text)
        return float(value)
    if isinstance(value, enum.Enum):
        return jsonable(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {key_text(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | deque | Iterator):
        return [jsonable(item) for item in value]
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode()
    return jsonable_object(value)


def key_text(key: Any) -> str:
    value = jsonable(key)
    return str(value).lower() if isinstance(value, bool) else str(value)


def jsonable_object(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        text = value.isoformat()
        return text[:-6] + "Z" if text.endswith("+00:00") else text
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return duration_text(value)
    if isinstance(value, decimal.Decimal) and not value.is_finite():
        text = f"The function returned {value!r}, which is not a number in JSON."
        raise Refused("result", text)
    if isinstance(value, decimal.Decimal | uuid.UUID | os.PathLike | complex):
        return str(value)
    if is_pydantic_type(type(value)):
        pydantic: Any = importlib.import_module("pydantic")
        adapter = pydantic.TypeAdapter(type(value))
        return jsonable(adapter.dump_python(value, mode="json", by_alias=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if type(value).__module__ in ("ipaddress", "fractions", "zoneinfo"):
        return str(value)
    if isinstance(value, re.Pattern):
        return value.pattern
    return jsonable_attributes(value)


def jsonable_attributes(value: Any) -> Any:
    """The annotated attributes of an object, which are also what the generator describes."""
    names = [] if isinstance(value, type) else typing.get_type_hints(type(value))
    if not names or type(value).__module__ == "builtins":
        kind = type(value).__name__
        raise Refused("result", f"The function returned a {kind}, which JSON cannot represent.")
    return {name: jsonable(getattr(value, name)) for name in names if not name.startswith("_")}


def duration_text(value: datetime.timedelta) -> str:
    sign, value = ("-", -value) if value < datetime.timedelta(0) else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    parts = [(hours, "H"), (minutes, "M")]
    clock = "".join(f"{number}{unit}" for number, unit in parts if number)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{value.days}D" if value.days else ""
    return f"{sign}P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"
