"""JSON that every parser reads alike: no doubled keys, no NaN, bounded depth and numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

__all__ = ["InvalidJSON", "depth", "loads", "text_problem", "texts"]

MAX_DEPTH = 64
SMALLEST, LARGEST = -(2**63), 2**64 - 1


class InvalidJSON(ValueError):
    """A text that is not JSON, or that two parsers could read in two ways."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def loads(text: str) -> Any:
    """Parse JSON; raises :class:`InvalidJSON` with the line where it is known."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        raise InvalidJSON(f"{error.msg} in line {error.lineno}", error.lineno) from None
    except RecursionError:
        raise InvalidJSON(f"it is nested more than {MAX_DEPTH} levels deep") from None
    if depth(value) > MAX_DEPTH:
        raise InvalidJSON(f"it is nested more than {MAX_DEPTH} levels deep")
    if bad := next(filter(None, map(text_problem, texts(value))), None):
        raise InvalidJSON(f"it contains {bad}")
    return value


def text_problem(text: str) -> str | None:
    """Why a text cannot be stored and sent everywhere, or ``None``."""
    if "\0" in text:
        return "the character U+0000"
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "half of a surrogate pair"
    return None


def texts(value: Any) -> Iterator[str]:
    """Every string and key in a JSON value."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += item
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def depth(value: Any) -> int:
    """How many arrays and objects lie in one another; counted without recursion."""
    deepest = 0
    waiting = [(value, 1)]
    while waiting:
        item, level = waiting.pop()
        if isinstance(item, (dict, list)):
            deepest = max(deepest, level)
            inner = item.values() if isinstance(item, dict) else item
            waiting.extend((child, level + 1) for child in inner)
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InvalidJSON(f"the key {key[:80]!r} stands twice in one object")
        found[key] = value
    return found


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidJSON(f"the number {text[:40]} is too large")
    return number


def _int(text: str) -> int:
    number = int(text) if len(text) <= len(str(LARGEST)) else LARGEST + 1
    if not SMALLEST <= number <= LARGEST:
        raise InvalidJSON(f"the number {text[:40]} does not fit into 64 bits")
    return number


def _constant(name: str) -> NoReturn:
    raise InvalidJSON(f"{name} is not a JSON number")
