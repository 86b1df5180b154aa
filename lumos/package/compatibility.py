"""Two surfaces compared, and the version number that their difference needs (design §4).

Inputs may accept more and outputs may promise more; the other way round breaks whoever relies on
them. A permission added is breaking too. Annotations are worth a patch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lumos.package.findings import Finding
from lumos.package.functions import FunctionSpec
from lumos.package.manifest.permissions import not_covered
from lumos.package.rulebook import RULES
from lumos.package.schema.changes import LEVELS, Change, schema_changes
from lumos.package.versions import Version

__all__ = ["LEVELS", "Change", "Surface", "check_bump", "compare", "highest", "required_version"]


@dataclass(frozen=True, slots=True)
class Surface:
    """What users of a release rely on: its functions, and the permissions that it asks for or was
    found to use (``Permissions.needed``).
    """

    functions: tuple[FunctionSpec, ...]
    permissions: tuple[str, ...] = ()


def compare(old: Surface, new: Surface) -> list[Change]:
    """Every change from ``old`` to ``new``, the gravest first; empty if they mean the same."""
    olds = {spec.name: spec for spec in old.functions}
    news = {spec.name: spec for spec in new.functions}
    changes = _permission_changes(old.permissions, new.permissions)
    for name in sorted(olds.keys() | news.keys()):
        if name not in news:
            changes.append(_said(name, "was removed", level="major", path="function", before=name))
        elif name not in olds:
            changes.append(_said(name, "was added", level="minor", path="function", after=name))
        else:
            changes += _function_changes(olds[name], news[name])
    return sorted(changes, key=lambda change: (-LEVELS.index(change.level), change.function))


def highest(changes: Iterable[Change]) -> str | None:
    """The gravest level of the changes: ``major``, ``minor``, ``patch`` or ``None``."""
    return max((change.level for change in changes), key=LEVELS.index, default=None)


def required_version(old: Version, changes: Iterable[Change]) -> Version:
    """The lowest version that may follow ``old`` with these changes.

    Below 1.0.0 a new minor version may break. After a pre-release, what its own number announces
    is free: anything for 2.0.0-beta.1, additions for 1.3.0-beta.1, repairs for 1.2.4-beta.1.
    """
    level = highest(changes) or "patch"
    if old.major == 0 and level == "major":
        level = "minor"
    if old.pre is not None and LEVELS.index(level) <= LEVELS.index(_announced(old)):
        return Version(*old.core, (old.pre[0], old.pre[1] + 1))
    if level == "major":
        return Version(old.major + 1, 0, 0)
    if level == "minor":
        return Version(old.major, old.minor + 1, 0)
    return Version(old.major, old.minor, old.patch + 1)


def check_bump(old: Version, new: Version, changes: Iterable[Change]) -> Finding | None:
    """The finding on a version that hides its changes; ``None`` if it may follow ``old``.

    The finding's evidence has the changes field by field and the lowest version allowed. A
    pre-release of that version is allowed as well.
    """
    changes = list(changes)
    lowest = required_version(old, changes)
    if new >= lowest or (new.core == lowest.core and not lowest.is_prerelease):
        return None
    level = highest(changes) or "patch"
    grave = [change for change in changes if change.level == level]
    first = grave[0].message if grave else "The version is not higher."
    others = f" ({len(grave) - 1} more)" if len(grave) > 1 else ""
    return RULES["compatibility/version-too-low"].finding(
        f"{new} must be at least {lowest}: {first}{others}",
        fix=f"Publish it as {lowest} or higher, or take the changes back.",
        evidence={
            "old": str(old),
            "new": str(new),
            "required": str(lowest),
            "level": level,
            "changes": [change.as_dict() for change in changes],
        },
    )


def _announced(version: Version) -> str:
    """The level of changes that a version's own zeros announce."""
    if version.patch:
        return "patch"
    return "minor" if version.minor else "major"


def _permission_changes(old: tuple[str, ...], new: tuple[str, ...]) -> list[Change]:
    changes: list[Change] = []
    for text in not_covered(new, old):
        message = f"The permission {text} was added."
        changes.append(Change("major", "", f"permissions.{text}", None, text, message))
    for text in not_covered(old, new):
        message = f"The permission {text} is no longer needed."
        changes.append(Change("patch", "", f"permissions.{text}", text, None, message))
    return changes


def _said(
    name: str, words: str, *, level: str, path: str, before: Any = None, after: Any = None
) -> Change:
    return Change(level, name, path, before, after, f"The function {name} {words}.")


def _function_changes(old: FunctionSpec, new: FunctionSpec) -> list[Change]:
    changes = schema_changes(old.name, "input", old.input_schema, new.input_schema)
    if old.wrapped != new.wrapped:
        words = f"returns its value {'inside' if new.wrapped else 'without'} a result object"
        sides: dict[str, Any] = {"before": old.wrapped, "after": new.wrapped}
        changes.append(_said(old.name, words, level="major", path="wrapped", **sides))
    changes += schema_changes(old.name, "output", old.output_schema, new.output_schema)
    before, after = old.description.strip(), new.description.strip()
    if before != after:
        sides = {"before": before, "after": after}
        words = "has another description"
        changes.append(_said(old.name, words, level="patch", path="description", **sides))
    return changes + _hint_changes(old.name, old.hints, new.hints)


# What a client may assume where a hint is missing (Model Context Protocol, ToolAnnotations).
# ``deterministic`` is ours; where it is missing, nothing is promised.
_ASSUMED = {
    "read_only": False,
    "destructive": True,
    "idempotent": False,
    "open_world": True,
    "deterministic": False,
}
_SAFE = {name: not assumed for name, assumed in _ASSUMED.items()}


def _hint_changes(name: str, old: Mapping[str, bool], new: Mapping[str, bool]) -> list[Change]:
    """A hint that turns to the unsafe side is worth a minor version: clients ask by it."""
    changes: list[Change] = []
    for hint, assumed in _ASSUMED.items():
        before, after = old.get(hint), new.get(hint)
        if before == after:
            continue
        meant = assumed if after is None else after
        was_safe = (assumed if before is None else before) == _SAFE[hint]
        level = "minor" if was_safe and meant != _SAFE[hint] else "patch"
        sides = {"before": before, "after": after}
        changes.append(
            _said(name, f"changed its hint {hint}", level=level, path=f"hints.{hint}", **sides)
        )
    return changes
