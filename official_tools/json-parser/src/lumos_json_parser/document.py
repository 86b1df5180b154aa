"""The function: JSON text in, the wanted value out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lumos_json_parser.path import parse_path
from lumos_json_parser.schema import schema_errors
from lumos_json_parser.select import find_all, find_one
from lumos_json_parser.strict import parse

__all__ = ["JsonDocument", "json_parser"]


@dataclass(frozen=True)
class JsonDocument:
    """A value that was read from JSON text.

    Attributes:
        value: The value, or the list of matches of a path that can match several.
        type: The value's JSON type: object, array, string, number, boolean or null.
        matches: How many values the path matched; 1 without a path.
        warnings: What is allowed but looks wrong, such as keys that stand twice in one object.
        schema_checked: Whether the value was checked as a JSON Schema.
        schema_errors: What is wrong with the value as a JSON Schema; empty if nothing is.
    """

    value: Any
    type: str
    matches: int
    warnings: list[str]
    schema_checked: bool
    schema_errors: list[str]


def json_parser(
    json_string: str, path: str | None = None, validate_schema: bool = False
) -> JsonDocument:
    """Parse JSON text strictly by RFC 8259 and, if wanted, pick values from it.

    Comments, trailing commas, NaN and the like are refused with the place and the remedy.

    Args:
        json_string: The JSON text, at most 20,000,000 characters.
        path: What to pick: JSONPath such as "$.items[0].name" or "$..price" (without filters), the
            same without "$." in front, or a JSON Pointer such as "/items/0/name". A path with a
            wildcard, a slice, a list or ".." gives the list of all matches. Leave it out for the
            whole document.
        validate_schema: Whether to check that the picked value is itself a correct JSON Schema of
            draft 2020-12, for instance before it is given to a program. The text is not validated
            against another schema.

    Returns:
        The value with its type, and what was found out about it.

    Raises:
        ValueError: The text is not JSON, is too long or too deep, or the path cannot be read or
            leads to nothing.
    """
    value, warnings = parse(json_string)
    matches = 1
    if path is not None:
        way = parse_path(path)
        if way.is_single:
            value = find_one(value, way)
        else:
            value = find_all(value, way)
            matches = len(value)
    errors = schema_errors(value) if validate_schema else []
    return JsonDocument(value, _type_of(value), matches, warnings, validate_schema, errors)


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case dict():
            return "object"
        case list():
            return "array"
        case str():
            return "string"
    return "number"
