"""Whether the options of a ``oneOf`` exclude one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lumos.package.schema.branches import Branch, Schema, expand, value_key
from lumos.package.schema.objects import property_schemas, required_names

__all__ = ["one_of_is_exclusive"]

_MAX_OPTIONS = 32


def one_of_is_exclusive(options: Sequence[Schema], root: Any) -> bool:
    """Whether no value can fit two options: other types, or a required field with other values."""
    if len(options) > _MAX_OPTIONS:
        return False
    cases = [expand((option,), root) for option in options]
    return all(
        _are_apart(one, other, root)
        for index, first in enumerate(cases)
        for second in cases[index + 1 :]
        for one in first
        for other in second
    )


def _are_apart(one: Branch, other: Branch, root: Any) -> bool:
    if {one.type, other.type} <= {"integer", "number"} or one.type == other.type:
        if one.values is not None and other.values is not None:
            return not _keys(one.values) & _keys(other.values)
        return one.type == "object" and any(
            _field_is_apart(one, other, name, root)
            for name in required_names(one) & required_names(other)
        )
    return True


def _field_is_apart(one: Branch, other: Branch, name: str, root: Any) -> bool:
    sides = [expand(property_schemas(branch, name), root) for branch in (one, other)]
    keys: list[list[frozenset[str]]] = [
        [_keys(case.values) for case in side if case.values is not None] for side in sides
    ]
    is_finite = all(len(found) == len(side) for found, side in zip(keys, sides, strict=True))
    first, second = ({key for part in found for key in part} for found in keys)
    return is_finite and not first & second


def _keys(values: Iterable[Any]) -> frozenset[str]:
    return frozenset(value_key(value) for value in values)
