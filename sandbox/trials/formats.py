"""Whether an input fits a schema, its formats included. Without hypothesis."""

from __future__ import annotations

import datetime
import ipaddress
import json
import re
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jsonschema import FormatChecker

from lumos.package.schema.validation import value_problems

MAX_BYTES = 32 * 1024


def _host(text: str) -> bool:
    return bool(re.fullmatch(r"(?!-)[\w-]{1,63}(\.[\w-]{1,63})*", text))


def _matched(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).fullmatch


#: Whether a text has a format; as the types behind the schemas read it. Raises ValueError if not.
PREDICATES: Mapping[str, Callable[[str], object]] = {
    "date": datetime.date.fromisoformat,
    "date-time": lambda text: "T" in text.upper() and datetime.datetime.fromisoformat(text),
    "time": lambda text: datetime.time.fromisoformat(text) is not None,
    "duration": _matched(r"[-+]?P(?=.)(\d+[YMWD])*(T(?=.)(\d+(\.\d+)?[HMS])+)?"),
    "uuid": uuid.UUID,
    "email": _matched(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    "idn-email": _matched(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": ipaddress.IPv4Address,
    "ipv6": ipaddress.IPv6Address,
    "ipvanyaddress": ipaddress.ip_address,
    "ipv4network": ipaddress.IPv4Network,
    "ipv6network": ipaddress.IPv6Network,
    "uri": _matched(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+[^\s]*"),
    "iri": _matched(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+[^\s]*"),
    "url": _matched(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+[^\s]*"),
    "regex": re.compile,
}


@cache
def format_checker() -> FormatChecker:
    """Checks the formats of :data:`PREDICATES`; every text has an unknown format."""
    checker = FormatChecker(formats=())
    for name, predicate in PREDICATES.items():
        checker.checks(name, raises=(ValueError, re.error))(_of_strings(predicate))
    return checker


def _of_strings(predicate: Callable[[str], object]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or predicate(value) not in (None, False)


def fits_schema(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether an input may be used: small enough, storable, and valid with its formats."""
    try:
        size = len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
    except ValueError:  # a lone surrogate, or not a number
        return False
    if size > MAX_BYTES:
        return False
    return not value_problems(value, schema, formats=format_checker(), certain=True)
