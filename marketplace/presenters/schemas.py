"""Format JSON Schema for people: a signature, and one row for each parameter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

__all__ = ["Parameter", "object_within", "parameters", "signature", "type_label"]

MAX_DEPTH = 5
MAX_LINE = 76
MAX_LITERALS = 4
#: A schema can refer to itself many times, so a page shows a limited part of it: rows, options of
#: a union (by depth), characters of a text.
MAX_ROWS = 100
MAX_OPTIONS = (6, 3, 2, 2, 2)
MAX_TEXT = 1_000
PYTHON_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "array": "list",
    "object": "dict",
}
LIMITS = {
    "minimum": _("at least {}"),
    "exclusiveMinimum": _("above {}"),
    "maximum": _("at most {}"),
    "exclusiveMaximum": _("below {}"),
    "minLength": _("at least {} characters"),
    "maxLength": _("at most {} characters"),
    "minItems": _("at least {} items"),
    "maxItems": _("at most {} items"),
    "pattern": _("matches {}"),
    "format": _("format {}"),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of a schema; ``default`` is JSON text, empty if there is none."""

    name: str
    type: str
    required: bool
    default: str
    description: str
    limits: tuple[str, ...]
    depth: int


def parameters(schema: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The properties of an object schema, nested ones after their parent, five deep at most."""
    return tuple(islice(_walk(schema, schema, prefix="", depth=0), MAX_ROWS))


def object_within(schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The object schema itself, or the items of its array if they are objects; else None."""
    value = _resolve(schema, schema)
    for candidate in (value, _resolve(value.get("items"), schema), *_branches(value, schema)):
        if "properties" in candidate:
            return {**candidate, "$defs": schema.get("$defs", {})}
    return None


def _walk(
    schema: Mapping[str, Any], root: Mapping[str, Any], *, prefix: str, depth: int
) -> Iterator[Parameter]:
    if depth >= MAX_DEPTH:
        return
    needed = set(_strings(schema.get("required")))
    for name, raw in _mapping(schema.get("properties")).items():
        value = _resolve(raw, root)
        yield Parameter(
            name=_short(f"{prefix}{name}"),
            type=type_label(value, root),
            required=name in needed,
            default=_json(value["default"]) if "default" in value else "",
            description=_short(str(value.get("description", ""))),
            limits=_limits(value, root),
            depth=depth,
        )
        yield from _inside(value, root, prefix=f"{prefix}{name}", depth=depth + 1)


def _limits(value: Mapping[str, Any], root: Mapping[str, Any]) -> tuple[str, ...]:
    """The constraints of a value in words; of a union with null, those of the other branch."""
    branches = [branch for branch in _branches(value, root) if branch.get("type") != "null"]
    whole = {**branches[0], **value} if len(branches) == 1 else value
    texts = [
        str(text).format(_short(str(whole[key]))) for key, text in LIMITS.items() if key in whole
    ]
    if isinstance(whole.get("enum"), list | tuple):
        values = ", ".join(_json(item) for item in whole["enum"])
        texts.insert(0, _short(gettext("one of %(values)s") % {"values": values}))
    return tuple(texts)


def _inside(
    value: Mapping[str, Any], root: Mapping[str, Any], *, prefix: str, depth: int
) -> Iterator[Parameter]:
    """The rows of properties nested in an object, in an array's items, or in a union's branch."""
    for branch in _branches(value, root):
        if "properties" in branch:
            yield from _walk(branch, root, prefix=f"{prefix}.", depth=depth)
        items = _resolve(branch.get("items", {}), root)
        if "properties" in items:
            yield from _walk(items, root, prefix=f"{prefix}[].", depth=depth)


def _branches(value: Mapping[str, Any], root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    options = value.get("anyOf") or value.get("oneOf")
    if not isinstance(options, Sequence):
        return [value]
    return [_resolve(option, root) for option in options[: MAX_OPTIONS[0]]]


def type_label(value: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> str:
    """The type of a schema in words: ``array of string``, ``"a" or "b"``, ``integer or null``."""
    return _short(_label(_resolve(value, root or value), root or value, depth=0))


def _label(value: Mapping[str, Any], root: Mapping[str, Any], *, depth: int) -> str:
    if depth >= MAX_DEPTH:
        return gettext("any")
    if "const" in value:
        return _json(value["const"])
    if isinstance(value.get("enum"), list | tuple):
        kinds = (
            [str(value["type"])] if isinstance(value.get("type"), str) else _kinds(value["enum"])
        )
        return _either(kinds)
    options = value.get("anyOf") or value.get("oneOf")
    if isinstance(options, Sequence) and not isinstance(options, str):
        shown = options[: MAX_OPTIONS[depth]]
        labels = [_label(_resolve(option, root), root, depth=depth + 1) for option in shown]
        labels += ["…"] if len(shown) < len(options) else []
        return _either(dict.fromkeys(labels))
    kind = value.get("type")
    if isinstance(kind, list):
        return _either(str(item) for item in kind)
    if kind == "array" and _mapping(value.get("items")):
        inner = _label(_resolve(value["items"], root), root, depth=depth + 1)
        return gettext("array of %(type)s") % {"type": inner}
    if kind == "object" and _mapping(value.get("additionalProperties")):
        inner = _label(_resolve(value["additionalProperties"], root), root, depth=depth + 1)
        return gettext("object of %(type)s") % {"type": inner}
    return str(kind or gettext("any"))


def _either(labels: Iterable[str]) -> str:
    return gettext(" or ").join(labels)


def signature(
    name: str, input_schema: Mapping[str, Any], output_schema: Mapping[str, Any] | None
) -> str:
    """The function's signature in Python, on several lines if one would be too long.

    ``output_schema`` is the schema of the function's own value, before MCP's wrapping.
    """
    needed = set(_strings(input_schema.get("required")))
    parts = []
    for key, raw in islice(_mapping(input_schema.get("properties")).items(), MAX_ROWS):
        value = _resolve(raw, input_schema)
        text = f"{_short(key)}: {_python(value, input_schema, depth=0)}"
        if key not in needed:
            text += f" = {_literal(value.get('default'))}"
        parts.append(text)
    result = _python(_resolve(output_schema or {}, output_schema or {}), output_schema or {}, 0)
    line = f"{name}({', '.join(parts)}) -> {result}"
    if len(line) <= MAX_LINE or not parts:
        return line
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f") -> {result}"


def _python(value: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> str:
    if depth >= MAX_DEPTH:
        return "Any"
    if isinstance(value.get("enum"), list | tuple):
        literals = [_literal(item) for item in value["enum"][:MAX_LITERALS]]
        more = ", ..." if len(value["enum"]) > MAX_LITERALS else ""
        return f"Literal[{', '.join(literals)}{more}]"
    options = value.get("anyOf") or value.get("oneOf")
    if isinstance(options, Sequence) and not isinstance(options, str):
        shown = [_resolve(option, root) for option in options[: MAX_OPTIONS[depth]]]
        names = [_python(option, root, depth + 1) for option in shown]
        names += ["..."] if len(shown) < len(options) else []
        return " | ".join(dict.fromkeys(names))
    kind = value.get("type")
    if isinstance(kind, list):
        return " | ".join(PYTHON_TYPES.get(str(item), "Any") for item in kind)
    if kind == "array" and _mapping(value.get("items")):
        return f"list[{_python(_resolve(value['items'], root), root, depth + 1)}]"
    if kind == "object" and "properties" in value and value.get("title"):
        return _short(str(value["title"]))
    if kind == "object" and _mapping(value.get("additionalProperties")):
        inner = _resolve(value["additionalProperties"], root)
        return f"dict[str, {_python(inner, root, depth + 1)}]"
    return PYTHON_TYPES.get(str(kind), "Any")


def _resolve(value: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow up to ten local references (``#/$defs/…``) and ``allOf`` with a single schema."""
    resolved = _mapping(value)
    for _step in range(10):
        if len(_strings_or_list(resolved.get("allOf"))) == 1:
            rest = {key: item for key, item in resolved.items() if key != "allOf"}
            resolved = {**_mapping(resolved["allOf"][0]), **rest}
        reference = resolved.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return resolved
        target: Any = root
        for part in reference[2:].split("/"):
            target = _mapping(target).get(part.replace("~1", "/").replace("~0", "~"))
        rest = {key: item for key, item in resolved.items() if key != "$ref"}
        resolved = {**_mapping(target), **rest}
    return {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _strings_or_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _strings(value: Any) -> list[str]:
    return [item for item in _strings_or_list(value) if isinstance(item, str)]


def _kinds(values: Sequence[Any]) -> list[str]:
    """The JSON types of some values, each once."""
    names = {bool: "boolean", str: "string", int: "integer", float: "number", type(None): "null"}
    return list(dict.fromkeys(names.get(type(value), "any") for value in values)) or ["any"]


def _json(value: Any) -> str:
    return _short(json.dumps(value, ensure_ascii=False))


def _literal(value: Any) -> str:
    return _short(repr(value)) if not isinstance(value, str) else _json(value)


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
