"""Explains why the resolver found no release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lumos.client.errors import Refused
from lumos.client.index import Release, short_name
from lumos.client.requirement import Requirement
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version

__all__ = ["explain_conflict", "explain_nothing"]

_SHOWN = 6


def explain_conflict(
    tool: ToolName, wishes: Sequence[Requirement], releases: Sequence[Release]
) -> Refused:
    """The error for requirements of one tool that no release satisfies together."""
    lines = [f"  {_who(wish)} asks for {_range(wish)}" for wish in wishes]
    versions = ", ".join(str(release.version) for release in releases[:_SHOWN])
    return Refused(
        f"The requirements for {short_name(tool)} conflict.",
        why="\n".join([f"{short_name(tool)} has the releases {versions}, but", *lines]),
        hint=_conflict_hint(tool, wishes),
        details={
            "tool": str(tool),
            "wishes": [{"by": _who(wish), "range": wish.text} for wish in wishes],
        },
    )


def explain_nothing(
    tool: ToolName,
    wishes: Sequence[Requirement],
    together: Sequence[Release],
    releases: Sequence[Release],
    obstacles: Mapping[Version, str | None],
) -> Refused:
    """The error for a range without releases, or whose releases cannot be installed."""
    wish = wishes[0]
    name = short_name(tool)
    details: dict[str, object] = {"tool": str(tool), "range": wish.text}
    if together:
        return Refused(
            f"No matching release of {name} can be installed.",
            why=_obstacle_lines(wish, together, obstacles),
            hint=_usable_hint(tool, releases, obstacles),
            details=details,
        )
    return Refused(
        f"No release of {name} matches {_range(wish)}.",
        why=f"{_who(wish)} asks for it; " + _available(releases),
        hint=_usable_hint(tool, releases, obstacles),
        details=details,
    )


def _obstacle_lines(
    wish: Requirement, together: Sequence[Release], obstacles: Mapping[Version, str | None]
) -> str:
    shown = [(release.version, obstacles[release.version]) for release in together[:_SHOWN]]
    lines = [f"  {version} {obstacle}" for version, obstacle in shown if obstacle]
    if not lines:
        return "The dependencies of each release conflict with the other tools."
    return "\n".join([f"{_who(wish)} asks for {_range(wish)}, but", *lines])


def _who(wish: Requirement) -> str:
    if wish.asked_by is None:
        return "This project"
    return f"{short_name(wish.asked_by.tool)} {wish.asked_by.version}"


def _range(wish: Requirement) -> str:
    return wish.text or "any release"


def _available(releases: Sequence[Release]) -> str:
    if not releases:
        return "there are no releases."
    versions = ", ".join(str(release.version) for release in releases[:_SHOWN])
    more = f" and {len(releases) - _SHOWN} older" if len(releases) > _SHOWN else ""
    if all(release.version.is_prerelease for release in releases):
        return f"there are only pre-releases, which must be requested by version: {versions}{more}."
    return f"the available releases are {versions}{more}."


def _usable_hint(
    tool: ToolName, releases: Sequence[Release], obstacles: Mapping[Version, str | None]
) -> str:
    usable = [release for release in releases if not obstacles[release.version]]
    stable = [release for release in usable if not release.version.is_prerelease] or usable
    if not releases:
        return f"lumos tools search {tool.name}"
    if not stable:
        return f"lumos tools info {short_name(tool)}"
    return f"lumos add tool {short_name(tool)}@{stable[0].version}"


def _conflict_hint(tool: ToolName, wishes: Sequence[Requirement]) -> str:
    own = [wish for wish in wishes if wish.asked_by is None]
    if own:
        return (
            f'Widen the range of "{short_name(tool)}" in lumos.toml, or take the newest release: '
            f"lumos update {short_name(tool)} --latest"
        )
    parents = " or ".join(dict.fromkeys(_who(wish).rpartition(" ")[0] for wish in wishes))
    return f"Try another version of {parents} in lumos.toml."
