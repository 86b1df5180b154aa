"""Whether two JSON values are the same result, as far as their schema and a tolerance say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from lumos.package.schema.tree import resolve, subschemas
from lumos.package.schema.validation import accepts

__all__ = ["TOLERANCE", "same_value"]

#: How far two numbers may differ, relative to the larger one.
TOLERANCE = 1e-9

_MAX_BRANCHES = 50
_CONTAINER = {"uniqueItems", "properties", "additionalProperties", "items", "prefixItems"}


def same_value(expected: Any, value: Any, schema: Mapping[str, Any], *, exact: bool) -> bool:
    """JSON equality: 1 and 1.0 are the same number, true and 1 are not.

    ``schema`` describes the values and holds its own ``$defs``; where it says ``uniqueItems``,
    the order of an array is ignored. Unless ``exact``, numbers with a fraction may differ by
    ``TOLERANCE``; two whole numbers never.
    """
    if any(_is_set(part) for _, part in subschemas(schema)):
        expected, value = (_ordered(side, [schema], schema) for side in (expected, value))
    return _same(expected, value, exact)


def _same(expected: Any, value: Any, exact: bool) -> bool:
    if isinstance(expected, bool) or isinstance(value, bool):
        return expected is value
    if isinstance(expected, dict) and isinstance(value, dict):
        return expected.keys() == value.keys() and all(
            _same(expected[key], value[key], exact) for key in expected
        )
    if isinstance(expected, list) and isinstance(value, list):
        return len(expected) == len(value) and all(
            _same(first, second, exact) for first, second in zip(expected, value, strict=True)
        )
    if isinstance(expected, int | float) and isinstance(value, int | float):
        return bool(expected == value) or (not exact and _close(expected, value))
    return bool(expected == value)


def _close(expected: float, value: float) -> bool:
    if isinstance(expected, int) and isinstance(value, int):
        return False
    try:
        return math.isclose(expected, value, rel_tol=TOLERANCE)
    except OverflowError:  # a whole number that no float can hold
        return False


def _ordered(value: Any, schemas: list[Any], root: Mapping[str, Any]) -> Any:
    """``value`` with the arrays sorted whose order says nothing."""
    if not isinstance(value, dict | list):
        return value
    found = (branch for schema in schemas for branch in _branches(schema, root))
    # Circular references have very many paths, so the search itself is cut short.
    branches = [branch for branch in islice(found, _MAX_BRANCHES) if branch.keys() & _CONTAINER]
    if len(branches) > 1:
        branches = [part for part in branches if accepts(value, part, root) is not False]
    if isinstance(value, dict):
        return {
            key: _ordered(item, [s for b in branches for s in _of_key(b, key)], root)
            for key, item in value.items()
        }
    items = [
        _ordered(item, [s for b in branches for s in _of_item(b, index)], root)
        for index, item in enumerate(value)
    ]
    unordered = any(map(_is_set, branches))
    return sorted(items, key=_rank) if unordered else items


def _is_set(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("uniqueItems") is True


def _branches(
    schema: Any, root: Mapping[str, Any], seen: frozenset[str] = frozenset()
) -> Iterator[Mapping[str, Any]]:
    """The schema itself and what its references, unions and ``allOf`` lead to, without circles."""
    if not isinstance(schema, Mapping):
        return
    yield {key: item for key, item in schema.items() if key not in ("$ref", "anyOf", "oneOf")}
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        try:
            yield from _branches(resolve(reference, root), root, seen | {reference})
        except LookupError:
            return
    for key in ("anyOf", "oneOf", "allOf"):
        parts = schema.get(key)
        for part in parts if isinstance(parts, list) else ():
            yield from _branches(part, root, seen)


def _of_key(schema: Mapping[str, Any], key: str) -> Iterator[Any]:
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and key in properties:
        yield properties[key]
    elif "additionalProperties" in schema:
        yield schema["additionalProperties"]


def _of_item(schema: Mapping[str, Any], index: int) -> Iterator[Any]:
    prefix = schema.get("prefixItems")
    if isinstance(prefix, list) and index < len(prefix):
        yield prefix[index]
    elif "items" in schema:
        yield schema["items"]


def _rank(value: Any) -> tuple[Any, ...]:
    """A key that sorts any JSON values, and numbers within the tolerance mostly alike."""
    if isinstance(value, bool) or value is None:
        return (0, str(value))
    if isinstance(value, int | float):
        return (1, _rounded(value))
    if isinstance(value, str):
        return (2, value)
    if isinstance(value, list):
        return (3, tuple(map(_rank, value)))
    return (4, tuple((key, _rank(item)) for key, item in sorted(value.items())))


def _rounded(value: float) -> float:
    """``value`` to eight digits; whole numbers as they are, which compare with floats exactly."""
    return value if isinstance(value, int) else float(f"{value:.8g}")
