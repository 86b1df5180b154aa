"""The parts of a schema: subschemas, references, and its canonical form without annotations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = [
    "canonical",
    "definitions",
    "has_reference",
    "leads_to_definitions",
    "meaning",
    "resolve",
    "sort_key",
    "subschemas",
]

_ONE = (
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
)
_LIST = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAP = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
# Arrays whose order says nothing.
_SETS = ("required", "enum", "type")
_DEFINITIONS = ("$defs", "definitions")
_ASSERTIONS = """
    $dynamicRef $ref const contentEncoding contentMediaType dependentRequired enum exclusiveMaximum
    exclusiveMinimum format maxContains maxItems maxLength maxProperties maximum minContains
    minItems minLength minProperties minimum multipleOf pattern required type unevaluatedItems
    unevaluatedProperties uniqueItems
""".split()  # noqa: SIM905 - a list of words reads better than 25 strings


def subschemas(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema inside a schema, itself first, with its JSON path (``.properties.limit``)."""
    waiting = [(path, schema)]
    while waiting:
        here, part = waiting.pop()
        yield here, part
        if not isinstance(part, dict):
            continue
        for key in _ONE:
            if key in part:
                waiting.append((f"{here}.{key}", part[key]))
        for key in _LIST:
            if isinstance(part.get(key), list):
                waiting += [(f"{here}.{key}[{i}]", item) for i, item in enumerate(part[key])]
        for key in _MAP:
            if isinstance(part.get(key), dict):
                waiting += [(f"{here}.{key}.{name}", item) for name, item in part[key].items()]


def resolve(reference: str, root: Any) -> Any:
    """What a local reference (``#/$defs/Row``) points to; raises ``LookupError``."""
    if reference == "#":
        return root
    if not reference.startswith("#/"):
        raise LookupError(reference)
    found = root
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found[key]
        elif isinstance(found, list) and key.isdecimal():
            found = found[int(key)]
        else:
            raise LookupError(reference)
    return found


def canonical(value: Any, key: str = "", *, unordered: tuple[str, ...] = _SETS) -> Any:
    """A schema with its unordered arrays sorted and whole floats written as integers."""
    if isinstance(value, Mapping):
        return {
            str(name): canonical(item, str(name), unordered=unordered)
            for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        items = [canonical(item, unordered=unordered) for item in value]
        return sorted(items, key=sort_key) if key in unordered else items
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def meaning(schema: Any, *, with_definitions: bool = False) -> Any:
    """A schema in canonical form without titles, descriptions, defaults and unknown keywords.

    Definitions are left out unless asked for: references say where they lead.
    """
    if not isinstance(schema, Mapping):
        return schema
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _ONE:
            found[key] = meaning(value, with_definitions=with_definitions)
        elif key in _LIST and isinstance(value, list):
            found[key] = [meaning(item, with_definitions=with_definitions) for item in value]
        elif key in _DEFINITIONS and not with_definitions:
            continue
        elif key in _MAP and isinstance(value, Mapping):
            found[key] = {
                name: meaning(item, with_definitions=with_definitions)
                for name, item in value.items()
            }
        elif key in _ASSERTIONS:
            found[key] = canonical(value, key)
    return found


def has_reference(value: Any) -> bool:
    """Whether a schema contains a reference."""
    return any(_refers(part) for _, part in subschemas(value))


def leads_to_definitions(schema: Any) -> bool:
    """Whether every reference in a schema leads to a definition of its document."""
    references = [part["$ref"] for _, part in subschemas(schema) if _refers(part)]
    return all(reference.startswith(("#/$defs/", "#/definitions/")) for reference in references)


def definitions(root: Any) -> dict[str, Any]:
    """The definitions of a document, as a schema that has nothing else."""
    return {key: root[key] for key in _DEFINITIONS if isinstance(root, Mapping) and key in root}


def _refers(part: Any) -> bool:
    return isinstance(part, Mapping) and isinstance(part.get("$ref"), str)


def sort_key(value: Any) -> str:
    """A text by which JSON values can be sorted and compared (in Python, 1 equals true)."""
    return json.dumps(value, sort_keys=True)
