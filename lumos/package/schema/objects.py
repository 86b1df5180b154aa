"""Objects compared: properties, required ones, and the names that nobody listed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lumos.package.schema.branches import Branch, Schema
from lumos.package.schema.proof import Proof
from lumos.package.schema.violation import Violation, below, lengths

__all__ = ["compare_objects", "declared_names", "property_schemas", "required_names"]

_ANYTHING: Schema = True


def compare_objects(
    comparison: Proof, branch: Branch, sup: Mapping[str, Any], path: str, depth: int
) -> list[Violation]:
    """Violations of the object keywords of ``sup`` by one case."""
    required = required_names(branch)
    found = [
        Violation(below(path, name), "required", False, True)
        for name in sup.get("required", ())
        if name not in required
    ]
    found += lengths(
        branch, sup, path, keys=("minProperties", "maxProperties"), implied=len(required)
    )
    declared = declared_names(branch)
    for name in dict.fromkeys([*declared, *sup.get("properties", ())]):
        if name in declared or not _promises_nothing(branch, name):
            given = property_schemas(branch, name)
            for wanted in _wanted(sup, name):
                found += comparison.schemas(given, wanted, below(path, name), depth + 1)
    return found + _other_names(comparison, branch, sup, path, depth)


def _other_names(
    comparison: Proof, branch: Branch, sup: Mapping[str, Any], path: str, depth: int
) -> list[Violation]:
    """Names that neither side lists: those of patterns and all the rest."""
    below = f"{path}.*" if path else "*"
    rest: list[Schema] = branch.all("additionalProperties") or [_ANYTHING]
    mine = {key: part for item in branch.all("patternProperties") for key, part in item.items()}
    theirs = sup.get("patternProperties", {})
    pairs: list[tuple[list[Schema], Schema]] = []
    for pattern, wanted in theirs.items():
        if pattern in mine:
            pairs.append(([mine[pattern]], wanted))
        else:
            pairs += [([part], wanted) for part in mine.values()] + [(rest, wanted)]
    wanted = sup.get("additionalProperties", True)
    pairs += [([part], wanted) for pattern, part in mine.items() if pattern not in theirs]
    pairs.append((rest, wanted))
    return [
        violation
        for given, asked in pairs
        if False not in given
        for violation in comparison.schemas(given, asked, below, depth + 1)
    ]


def declared_names(branch: Branch) -> list[str]:
    """The properties that a case lists."""
    return list(dict.fromkeys(name for names in branch.all("properties") for name in names))


def property_schemas(branch: Branch, name: str) -> list[Schema]:
    """All schemas that a property of this name must fit in a case."""
    return [part for schema in branch.schemas for part in _wanted(schema, name)]


def _wanted(schema: Mapping[str, Any], name: str) -> list[Schema]:
    found = [schema["properties"][name]] if name in schema.get("properties", {}) else []
    patterns = schema.get("patternProperties", {})
    found += [part for pattern, part in patterns.items() if re.search(pattern, name)]
    return found or [schema.get("additionalProperties", True)]


def _promises_nothing(branch: Branch, name: str) -> bool:
    """Whether a name that the case does not list is outside of what was agreed."""
    patterns = [pattern for item in branch.all("patternProperties") for pattern in item]
    is_open = branch.all("additionalProperties") != []
    is_open = is_open or any(re.search(pattern, name) for pattern in patterns)
    return branch.all("properties") != [] and not is_open


def required_names(branch: Branch) -> frozenset[str]:
    """The properties that are always there in a case."""
    return frozenset(name for names in branch.all("required") for name in names)
