"""The function-calling subsets of the large model providers, as findings that do not block.

Only what no client can convert is reported: optional parameters, for instance, are rewritten as
required and nullable by every client of OpenAI's strict mode. Limits as the providers publish them:
OpenAI function calling and structured outputs, Anthropic tool use, Gemini function calling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lumos.package.findings import Finding, Severity
from lumos.package.functions import FunctionSpec
from lumos.package.rulebook import RULES
from lumos.package.schema.tree import resolve, subschemas

__all__ = ["PROVIDERS", "Provider", "provider_issues"]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider's subset. A missing limit is ``None``; ``strict`` modes can be switched off."""

    name: str
    strict: bool
    function_name: str
    unsupported: frozenset[str]
    property_name: str | None = None
    description_limit: int | None = None
    depth_limit: int | None = None
    property_limit: int | None = None
    enum_limit: int | None = None
    string_formats: frozenset[str] | None = None
    open_maps: bool = True
    recursion: bool = True


_CONDITIONS = ("if", "then", "else", "not", "dependentRequired", "dependentSchemas")
_RARE = ("patternProperties", "propertyNames", "contains", "minContains", "maxContains")

PROVIDERS: tuple[Provider, ...] = (
    Provider(
        name="OpenAI",
        strict=False,
        function_name=r"[a-zA-Z0-9_-]{1,64}",
        unsupported=frozenset(),
        description_limit=1024,
    ),
    Provider(
        name="OpenAI strict mode",
        strict=True,
        function_name=r"[a-zA-Z0-9_-]{1,64}",
        unsupported=frozenset(
            ["allOf", "oneOf", "prefixItems", "uniqueItems", *_CONDITIONS, *_RARE]
        ),
        depth_limit=10,
        property_limit=5000,
        enum_limit=1000,
        open_maps=False,
    ),
    Provider(
        name="Anthropic",
        strict=False,
        function_name=r"[a-zA-Z0-9_-]{1,64}",
        unsupported=frozenset(),
        property_name=r"[a-zA-Z0-9_.-]{1,64}",
    ),
    Provider(
        name="Gemini",
        strict=True,
        function_name=r"[a-zA-Z_][a-zA-Z0-9_.-]{0,63}",
        unsupported=frozenset(["allOf", "uniqueItems", "multipleOf", *_CONDITIONS, *_RARE]),
        string_formats=frozenset(["date", "date-time", "duration", "time", "enum"]),
        recursion=False,
    ),
)

_ROOT_UNIONS = ("anyOf", "oneOf", "allOf", "enum", "not")


def provider_issues(spec: FunctionSpec) -> list[Finding]:
    """Why providers would refuse or cut down this function's input; one finding per cause."""
    found: list[Finding] = []
    for provider in PROVIDERS:
        for rule, subject, places in _issues(spec, provider):
            found.append(_finding(spec, provider, rule, subject, places))
    return found


_Issue = tuple[str, str, list[str]]


def _issues(spec: FunctionSpec, provider: Provider) -> Iterator[_Issue]:
    yield from _root_issues(spec, provider)
    parts = [(path, part) for path, part in subschemas(spec.input_schema) if isinstance(part, dict)]
    for keyword in sorted(provider.unsupported):
        places = [path or "the root" for path, part in parts if keyword in part]
        if places:
            yield "providers/keyword", f"the keyword {keyword!r}", places
    if provider.string_formats is not None:
        places = [path for path, part in parts if _odd_format(part, provider.string_formats)]
        if places:
            yield "providers/format", "a string format that it does not know", places
    if not provider.open_maps:
        places = [path for path, part in parts if _is_open_map(part)]
        if places:
            yield "providers/open-object", "an object with free keys", places
    yield from _size_issues(spec.input_schema, parts, provider)


def _root_issues(spec: FunctionSpec, provider: Provider) -> Iterator[_Issue]:
    if not re.fullmatch(provider.function_name, spec.name):
        yield "providers/function-name", "the name of the function", [spec.name]
    limit = provider.description_limit
    if limit is not None and len(spec.description) > limit:
        yield (
            "providers/description-length",
            f"a description of more than {limit} characters",
            [spec.name],
        )
    unions = [key for key in _ROOT_UNIONS if key in spec.input_schema]
    if spec.input_schema.get("type") != "object" or unions:
        yield "providers/root", "a root that is not simply an object", unions or ["type"]
    if provider.property_name is not None:
        names = _property_names(part for _, part in subschemas(spec.input_schema))
        odd = [name for name in names if not re.fullmatch(provider.property_name, name)]
        if odd:
            yield "providers/property-name", "the name of a parameter", odd


def _size_issues(
    root: dict[str, Any], parts: list[tuple[str, dict[str, Any]]], provider: Provider
) -> Iterator[_Issue]:
    levels = _levels(root)
    if not provider.recursion and levels is None:
        yield "providers/recursion", "a schema that contains itself", ["the root"]
    if provider.depth_limit is not None and levels is not None and levels > provider.depth_limit:
        yield (
            "providers/depth",
            f"more than {provider.depth_limit} levels of objects",
            [f"{levels} levels"],
        )
    properties = len(_property_names(part for _, part in parts))
    if provider.property_limit is not None and properties > provider.property_limit:
        yield (
            "providers/properties",
            f"more than {provider.property_limit} properties",
            [str(properties)],
        )
    values = sum(len(part["enum"]) for _, part in parts if isinstance(part.get("enum"), list))
    if provider.enum_limit is not None and values > provider.enum_limit:
        yield "providers/enum", f"more than {provider.enum_limit} enum values", [str(values)]


def _property_names(parts: Iterable[Any]) -> list[str]:
    return [
        name
        for part in parts
        if isinstance(part, dict) and isinstance(part.get("properties"), dict)
        for name in part["properties"]
    ]


def _odd_format(part: dict[str, Any], known: frozenset[str]) -> bool:
    return part.get("type") == "string" and part.get("format", "enum") not in known


def _is_open_map(part: dict[str, Any]) -> bool:
    extra = part.get("additionalProperties")
    is_bare = part.get("type") == "object" and "properties" not in part and extra is not False
    return isinstance(extra, dict) or extra is True or is_bare


def _levels(root: dict[str, Any]) -> int | None:
    """How many objects and arrays lie in one another; ``None`` if a reference leads back."""
    known: dict[str, int | None] = {}

    def levels(part: Any) -> int | None:
        if not isinstance(part, dict):
            return 0
        reference = part.get("$ref")
        if isinstance(reference, str):
            if reference not in known:
                known[reference] = None
                known[reference] = levels(resolve(reference, root))
            return known[reference]
        inner = [*(part.get("properties") or {}).values(), *part.get("prefixItems", [])]
        inner += [part.get("items"), part.get("additionalProperties")]
        beside = [item for key in ("anyOf", "oneOf", "allOf") for item in part.get(key, [])]
        below = [levels(item) for item in (*inner, *beside)]
        found = [level for level in below if level is not None]
        is_container = any(isinstance(item, dict) for item in inner)
        return max(found, default=0) + is_container if len(found) == len(below) else None

    return levels(root)


def _finding(
    spec: FunctionSpec, provider: Provider, rule_id: str, subject: str, places: list[str]
) -> Finding:
    """Weaker where the call works without the provider's strict mode."""
    rule = RULES[rule_id]
    return rule.finding(
        f"{provider.name} does not take {subject} (function {spec.name}).",
        weaker=Severity.LOW if provider.strict and rule.weaker else None,
        evidence={"provider": provider.name, "function": spec.name, "places": places[:20]},
    )
