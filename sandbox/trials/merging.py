"""Combine the schemas that a value must fit all at once into one schema."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from lumos.package.schema.tree import resolve, sort_key

Schema = Mapping[str, Any] | bool
ANNOTATIONS = frozenset(
    ("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly")
) | {"$comment", "$schema", "$id", "$defs", "definitions"}
MAX_REFERENCES = 20
MAX_BRANCHES = 64
BRANCHES = ("anyOf", "oneOf")


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema's assertions."""
    return {key: value for key, value in schema.items() if key not in ANNOTATIONS}


def combined(schema: Schema, root: Any) -> dict[str, Any] | bool:
    """The schema with its ``$ref`` and ``allOf`` merged in; False if they contradict each other.

    What cannot be merged (a second pattern, ``not``) is dropped: callers validate the values.
    """
    for _ in range(MAX_REFERENCES):
        if isinstance(schema, bool):
            return schema
        rest = plain(schema)
        parts: list[Schema] = list(rest.pop("allOf", ()))
        reference = rest.pop("$ref", None)
        if reference is not None:
            parts.append(resolve(reference, root))
        if not parts:
            return rest
        schema = rest
        for part in parts:
            schema = merged(schema, part if isinstance(part, bool) else plain(part))
    return False


def merged(first: Schema, second: Schema) -> Schema:
    """A schema that accepts what both accept."""
    if isinstance(first, bool):
        return second if first else False
    if isinstance(second, bool):
        return first if second else False
    result = dict(first)
    for key, value in second.items():
        result[key] = _one(key, result[key], value) if key in result else value
    if "$ref" in first and "$ref" in second and first["$ref"] != second["$ref"]:
        result["allOf"] = [*result.get("allOf", ()), {"$ref": second["$ref"]}]
    contradictory = result.get("type") == [] or result.get("enum") == []
    return False if contradictory else result


def _one(key: str, first: Any, second: Any) -> Any:
    """The value of a keyword that both schemas have."""
    if key in MERGERS:
        return MERGERS[key](first, second)
    if key in ("items", "additionalProperties", "propertyNames"):
        return _both(first, second)
    return first


def _both(first: Schema, second: Schema) -> Schema:
    return first if first == second else {"allOf": [first, second]}


def _types(first: Any, second: Any) -> Any:
    ours, theirs = kinds(first), kinds(second)
    shared = [kind for kind in ours if kind in theirs]
    if "integer" not in shared and {"integer", "number"} <= {*ours, *theirs}:
        shared.append("integer")
    return shared[0] if len(shared) == 1 else shared


def kinds(value: Any) -> list[str]:
    """The value of ``type`` as a list."""
    return [value] if isinstance(value, str) else list(value)


def _shared(first: list[Any], second: list[Any]) -> list[Any]:
    known = {sort_key(item) for item in second}
    return [item for item in first if sort_key(item) in known]


def _properties(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: _both(first[name], second[name]) for name in first.keys() & second.keys()}
    return {**first, **second, **both}


def _prefix(first: list[Any], second: list[Any]) -> list[Any]:
    longer = max(first, second, key=len)
    return [_both(one, other) for one, other in zip(first, second, strict=False)] + longer[
        min(len(first), len(second)) :
    ]


def _branches(first: list[Any], second: list[Any]) -> list[Any]:
    return [{"allOf": [one, other]} for one in first for other in second][:MAX_BRANCHES]


def _multiple(first: float, second: float) -> float:
    one, other = Fraction(str(first)), Fraction(str(second))
    top = math.lcm(one.numerator * other.denominator, other.numerator * one.denominator)
    common = Fraction(top, one.denominator * other.denominator)
    return int(common) if common.denominator == 1 else float(common)


MERGERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "enum": _shared,
    "properties": _properties,
    "patternProperties": _properties,
    "prefixItems": _prefix,
    "required": lambda first, second: [*first, *(key for key in second if key not in first)],
    "uniqueItems": lambda first, second: first or second,
    "multipleOf": _multiple,
    "allOf": lambda first, second: [*first, *second],
    **dict.fromkeys(BRANCHES, _branches),
    **dict.fromkeys(("minimum", "exclusiveMinimum"), max),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum"), min),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties"), min),
}
