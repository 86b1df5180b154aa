"""The fields of a schema, flat, by path: ``limit``, ``filter.name``, ``rows[].id``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lumos.package.schema.branches import Branch, Schema, TooComplex, describe, expand
from lumos.package.schema.objects import declared_names, property_schemas, required_names
from lumos.package.schema.tree import canonical
from lumos.package.schema.violation import below

__all__ = ["Field", "parent_of", "schema_fields"]

_MAX_LEVELS = 8
_MAX_FIELDS = 1_000
_MAX_STEPS = 4_000
_NOTES = ("title", "description", "examples", "deprecated", "format")


@dataclass(frozen=True, slots=True)
class Field:
    """One field in one schema.

    ``kind`` describes what it accepts; ``notes`` are its annotations; ``defaults`` its defaults.
    ``lists_names``: it is an object whose names are all listed, so an unlisted one is not there.
    """

    path: str
    kind: str
    is_required: bool
    notes: tuple[Any, ...]
    defaults: tuple[Any, ...]
    lists_names: bool


def schema_fields(schema: Schema, root: Any) -> dict[str, Field]:
    """Every field by path, the root as the empty path; deep or huge schemas are cut off."""
    found: dict[str, Field] = {}
    waiting: list[tuple[str, Sequence[Schema], bool, int]] = [("", (schema,), True, 0)]
    for _ in range(_MAX_STEPS):
        if not waiting or len(found) >= _MAX_FIELDS:
            break
        path, schemas, is_required, level = waiting.pop()
        try:
            branches = expand(schemas, root)
        except TooComplex:
            continue
        if path not in found:
            found[path] = _field(path, schemas, root, branches, is_required=is_required)
        if level < _MAX_LEVELS:
            inner = [child for branch in branches for child in _children(path, branch)]
            waiting += [(*child, level + 1) for child in reversed(inner)]
    return found


def parent_of(path: str) -> str:
    """The path of what holds a field."""
    if path.endswith("[]"):
        return path[:-2]
    if path.endswith('"'):
        start = path.find('."')
        return path[:start] if start >= 0 else ""
    return path.rpartition(".")[0]


def _children(path: str, branch: Branch) -> Iterator[tuple[str, Sequence[Schema], bool]]:
    if branch.type == "object":
        required = required_names(branch)
        for name in declared_names(branch):
            yield below(path, name), property_schemas(branch, name), name in required
    if branch.type == "array" and branch.all("items"):
        yield f"{path}[]", branch.all("items"), True


def _field(
    path: str, schemas: Sequence[Schema], root: Any, branches: list[Branch], *, is_required: bool
) -> Field:
    said = [part for part in schemas if not isinstance(part, bool)]
    resolved = [part for branch in branches for part in branch.schemas]
    notes = tuple(canonical(_first(key, [*said, *resolved])) for key in _NOTES)
    defaults = tuple(canonical(part["default"], unordered=()) for part in said if "default" in part)
    objects = [branch for branch in branches if branch.type == "object"]
    return Field(
        path=path,
        kind=describe(schemas, root),
        is_required=is_required,
        notes=notes,
        defaults=defaults,
        lists_names=bool(objects) and all(_lists_names(branch) for branch in objects),
    )


def _first(key: str, parts: Sequence[Any]) -> Any:
    return next((part[key] for part in parts if key in part), None)


def _lists_names(branch: Branch) -> bool:
    extra = branch.all("additionalProperties")
    is_listed = branch.all("properties") != [] and not branch.all("patternProperties")
    return False in extra or (is_listed and not extra)
