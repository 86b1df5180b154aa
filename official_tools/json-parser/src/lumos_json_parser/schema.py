"""Whether a value is a correct JSON Schema of draft 2020-12, by the rules of its meta-schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from lumos_json_parser.path import parse_path
from lumos_json_parser.select import find_one

__all__ = ["MAX_ERRORS", "schema_errors"]

MAX_ERRORS = 50
_TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")


def schema_errors(schema: Any) -> list[str]:
    """What is wrong with a schema, each with its JSON Pointer; empty if nothing is."""
    found: list[str] = []
    anchors = set(_anchors(schema))
    for pointer, part in _subschemas(schema, ""):
        if len(found) >= MAX_ERRORS:
            break
        found += _errors(pointer, part)
        found += _reference_errors(pointer, part, schema, anchors)
    return found[:MAX_ERRORS]


def _errors(pointer: str, part: Any) -> Iterator[str]:
    if isinstance(part, bool):
        return
    if not isinstance(part, dict):
        yield f"{pointer or '/'}: a schema must be an object, true or false."
        return
    for keyword, value in part.items():
        rule = _RULES.get(keyword)
        if rule and not rule[0](value):
            yield f"{pointer}/{keyword}: must be {rule[1]}."
    for low, high in _ORDERED:
        if _is_number(part.get(low)) and _is_number(part.get(high)) and part[low] > part[high]:
            yield f"{pointer}/{low}: must not be greater than {high}, or nothing can be valid."


def _reference_errors(pointer: str, part: Any, root: Any, anchors: set[str]) -> Iterator[str]:
    reference = part.get("$ref") if isinstance(part, dict) else None
    if not isinstance(reference, str) or not reference.startswith("#"):
        return
    target = unquote(reference[1:])
    if target.startswith("/") or not target:
        try:
            find_one(root, parse_path(target))
        except ValueError:
            yield f"{pointer}/$ref: {reference!r} leads to nothing in this schema."
    elif target not in anchors:
        yield f"{pointer}/$ref: no schema here has the anchor {target!r}."


def _anchors(schema: Any) -> Iterator[str]:
    for _, part in _subschemas(schema, ""):
        if isinstance(part, dict):
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(part.get(keyword), str):
                    yield part[keyword]


def _subschemas(schema: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """The schema and every schema inside it, with their JSON Pointers."""
    yield pointer, schema
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        here = f"{pointer}/{keyword}"
        if keyword in _SCHEMAS and not isinstance(value, list):
            yield from _subschemas(value, here)
        elif keyword in _SCHEMA_LISTS and isinstance(value, list):
            for index, item in enumerate(value):
                yield from _subschemas(item, f"{here}/{index}")
        elif keyword in _SCHEMA_MAPS and isinstance(value, dict):
            for name, item in value.items():
                escaped = name.replace("~", "~0").replace("/", "~1")
                yield from _subschemas(item, f"{here}/{escaped}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_names(value: Any) -> bool:
    strings = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return strings and len(set(value)) == len(value)


def _is_type(value: Any) -> bool:
    names = [value] if isinstance(value, str) else value
    return _is_names(names) and bool(names) and all(name in _TYPES for name in names)


_Rule = tuple[Callable[[Any], bool], str]

_SCHEMAS = [
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
]
_SCHEMA_LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"]
_SCHEMA_MAPS = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"]
_COUNTS = [
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
]
_NUMBERS = ["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"]
_STRINGS = [
    "$anchor",
    "$comment",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "contentEncoding",
    "contentMediaType",
    "description",
    "format",
    "pattern",
    "title",
]
_BOOLEANS = ["deprecated", "readOnly", "uniqueItems", "writeOnly"]
_ORDERED = [
    (f"min{what}", f"max{what}") for what in ("Contains", "Items", "Length", "Properties")
] + [("minimum", "maximum")]

_RULES: Mapping[str, _Rule] = {
    "type": (_is_type, f"one of {', '.join(_TYPES)}, or a list of different ones of these"),
    "enum": (lambda value: isinstance(value, list), "a list"),
    "examples": (lambda value: isinstance(value, list), "a list"),
    "required": (_is_names, "a list of different strings"),
    "multipleOf": (lambda value: _is_number(value) and value > 0, "a number greater than 0"),
    "dependentRequired": (
        lambda value: isinstance(value, dict) and all(map(_is_names, value.values())),
        "an object whose values are lists of different strings",
    ),
    "items": (
        lambda value: not isinstance(value, list),
        "a schema (a list of schemas is called prefixItems since draft 2020-12)",
    ),
    **dict.fromkeys(_COUNTS, (_is_count, "a whole number of at least 0")),
    **dict.fromkeys(_NUMBERS, (_is_number, "a number")),
    **dict.fromkeys(_STRINGS, (_is_string, "a string")),
    **dict.fromkeys(_BOOLEANS, (lambda value: isinstance(value, bool), "true or false")),
    **dict.fromkeys(
        _SCHEMA_LISTS,
        (lambda value: isinstance(value, list) and bool(value), "a list of at least one schema"),
    ),
    **dict.fromkeys(_SCHEMA_MAPS, (lambda value: isinstance(value, dict), "an object of schemas")),
}
