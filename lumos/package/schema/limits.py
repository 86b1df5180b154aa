"""JSON Schema 2020-12, bounded and self-contained: what a tool's schemas must keep to.

Size, depth and references are checked before any validator sees a schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lumos.package.schema.tree import resolve, subschemas
from lumos.package.schema.validation import is_repeated_group
from lumos.package.strictjson import depth

__all__ = ["Problem", "schema_problems"]

MAX_DEPTH = 40
MAX_NODES = 5_000
MAX_BYTES = 256 * 1024
MAX_PATTERN = 500
_MAX_PROBLEMS = 20

# Keywords that change what other parts mean; the generator never writes them.
_FORBIDDEN = (
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$recursiveRef",
    "$vocabulary",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: a rule's id, a JSON path below the schema, a sentence."""

    rule: str
    path: str
    message: str


def schema_problems(schema: Any) -> list[Problem]:
    """What keeps ``schema`` from being a bounded, self-contained JSON Schema 2020-12."""
    if problem := _too_big(schema):
        return [problem]
    found: list[Problem] = []
    for path, part in subschemas(schema):
        if isinstance(part, dict):
            found += _part_problems(part, path, schema)
    found += _metaschema_problems(schema)
    return found[:_MAX_PROBLEMS]


def _too_big(schema: Any) -> Problem | None:
    if depth(schema) > MAX_DEPTH:
        return Problem("schema/too-deep", "", f"it is nested more than {MAX_DEPTH} levels deep")
    size = len(json.dumps(schema))
    if size > MAX_BYTES:
        return Problem("schema/too-large", "", f"it has {size} bytes, more than {MAX_BYTES}")
    if sum(1 for _ in subschemas(schema)) > MAX_NODES:
        return Problem("schema/too-large", "", f"it has more than {MAX_NODES} schemas inside")
    return None


def _part_problems(part: dict[str, Any], path: str, root: Any) -> Iterator[Problem]:
    for key in _FORBIDDEN:
        if key in part and not (key == "$id" and path == ""):
            yield Problem("schema/reference", path, f"{key} is not supported here")
    dialect = part.get("$schema", _DIALECT)
    if not isinstance(dialect, str) or dialect.rstrip("#") != _DIALECT:
        yield Problem("schema/dialect", path, "$schema must be JSON Schema 2020-12")
    reference = part.get("$ref")
    if reference is not None:
        yield from _reference_problems(reference, path, root)
    yield from _pattern_problems(part, path)


def _reference_problems(reference: Any, path: str, root: Any) -> Iterator[Problem]:
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        yield Problem(
            "schema/remote-reference", path, "$ref must point inside the schema, as #/$defs/NAME"
        )
        return
    try:
        target = resolve(reference, root)
    except (LookupError, ValueError):
        yield Problem("schema/reference", path, f"$ref {reference[:120]!r} points to nothing")
        return
    if not isinstance(target, (dict, bool)):
        yield Problem(
            "schema/reference", path, f"$ref {reference[:120]!r} does not point to a schema"
        )


def _pattern_problems(part: dict[str, Any], path: str) -> Iterator[Problem]:
    if isinstance(part.get("pattern"), str) and (problem := _pattern_problem(part["pattern"])):
        yield Problem("schema/pattern", path, problem)
    if isinstance(part.get("patternProperties"), dict):
        for pattern in part["patternProperties"]:
            problem = _pattern_problem(pattern)
            if problem is None and (
                is_repeated_group(pattern) or len(re.findall(r"[*+{]", pattern)) > 3
            ):
                problem = f"the pattern {pattern[:80]!r} of property names may take for ever"
            if problem:
                yield Problem("schema/pattern", path, problem)


def _pattern_problem(pattern: str) -> str | None:
    if len(pattern) > MAX_PATTERN:
        return f"a pattern has {len(pattern)} characters, more than {MAX_PATTERN}"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"the pattern {pattern[:80]!r} is not a regular expression: {error}"
    return None


def _metaschema_problems(schema: Any) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - importing it takes a second

    validator = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for error in validator.iter_errors(schema):
        path = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path
        )
        yield Problem("schema/invalid", path, error.message[:300])
