"""What an install would change: versions, permissions, descriptions, breaking changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lumos.client.index import short_name
from lumos.client.lockfile import Lock, LockedTool
from lumos.package.compatibility import Surface
from lumos.package.compatibility import compare as compare_surfaces
from lumos.package.functions import FunctionSpec
from lumos.package.manifest.permissions import InvalidPermission, Permission, not_covered
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version

__all__ = ["Change", "DescriptionChange", "compare", "risk_of"]

Functions = Mapping[ToolName, Sequence[FunctionSpec]]


@dataclass(frozen=True, slots=True)
class DescriptionChange:
    """A function whose description, which agents read, changed."""

    function: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One tool that is added, removed or updated; ``before`` or ``after`` is then ``None``."""

    tool: ToolName
    before: Version | None
    after: Version | None
    permissions_added: tuple[str, ...] = ()
    permissions_removed: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()  # those added that are used but not declared
    unchecked: str = ""  # text: which part of the new version was not scanned
    descriptions: tuple[DescriptionChange, ...] = ()
    breaking: tuple[str, ...] = ()  # text: the breaking changes of its functions

    @property
    def is_new(self) -> bool:
        """Whether the tool was not installed before."""
        return self.before is None

    @property
    def high_risk(self) -> tuple[str, ...]:
        """The added permissions whose risk is high."""
        return tuple(text for text in self.permissions_added if risk_of(text) == "high")

    @property
    def needs_consent(self) -> bool:
        """Whether to ask the user: for a new tool only about permissions of high risk."""
        return bool(self.high_risk if self.is_new else self.permissions_added or self.descriptions)

    def as_dict(self) -> dict[str, object]:
        """The change as JSON."""
        return {
            "tool": str(self.tool),
            "before": str(self.before) if self.before else None,
            "after": str(self.after) if self.after else None,
            "permissions_added": list(self.permissions_added),
            "permissions_removed": list(self.permissions_removed),
            "undeclared": list(self.undeclared),
            "descriptions": [
                {"function": change.function, "before": change.before, "after": change.after}
                for change in self.descriptions
            ],
            "breaking": list(self.breaking),
        }

    def __str__(self) -> str:
        name = short_name(self.tool)
        if self.before is None:
            return f"+ {name} {self.after}"
        if self.after is None:
            return f"- {name} {self.before}"
        return f"~ {name} {self.before} -> {self.after}"


def compare(
    old: Lock, new: Lock, *, old_functions: Functions, new_functions: Functions
) -> tuple[Change, ...]:
    """The changes between two locks, sorted by tool name."""
    names = sorted({*old.versions, *new.versions})
    changes = (
        _change(old.find(name), new.find(name), old_functions, new_functions) for name in names
    )
    return tuple(change for change in changes if change is not None)


def risk_of(permission: str) -> str:
    """``low``, ``medium`` or ``high``; an unknown permission counts as high."""
    try:
        return Permission.parse(permission).risk
    except InvalidPermission:
        return "high"


def _change(
    before: LockedTool | None,
    after: LockedTool | None,
    old_functions: Functions,
    new_functions: Functions,
) -> Change | None:
    if before is not None and after is not None and before.sha256 == after.sha256:
        return None
    had = before.permissions.needed if before else ()
    has = after.permissions.needed if after else ()
    added = not_covered(has, had)
    either = after or before
    assert either is not None
    old, new = old_functions.get(either.tool, ()), new_functions.get(either.tool, ())
    return Change(
        tool=either.tool,
        before=before.version if before else None,
        after=after.version if after else None,
        permissions_added=added,
        permissions_removed=not_covered(had, has) if after else (),
        undeclared=tuple(text for text in added if after and text in after.permissions.undeclared),
        unchecked=after.permissions.unchecked if after else "",
        descriptions=_descriptions(old, new),
        breaking=_breaking(old, new) if before and after else (),
    )


def _descriptions(
    before: Sequence[FunctionSpec], after: Sequence[FunctionSpec]
) -> tuple[DescriptionChange, ...]:
    old = {spec.name: spec.description for spec in before}
    return tuple(
        DescriptionChange(spec.name, old[spec.name], spec.description)
        for spec in after
        if spec.name in old and old[spec.name] != spec.description
    )


def _breaking(before: Sequence[FunctionSpec], after: Sequence[FunctionSpec]) -> tuple[str, ...]:
    changes = compare_surfaces(Surface(tuple(before)), Surface(tuple(after)))
    return tuple(change.message for change in changes if change.level == "major")
