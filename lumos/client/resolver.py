"""Chooses a release of each tool: npm ranges from lumos.toml, PEP 440 between tools (design §3).

Quarantined releases are never chosen, yanked ones only if the lock file has them, and pre-releases
only if a requirement names a pre-release of the same major.minor.patch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename
from resolvelib import (
    AbstractProvider,
    BaseReporter,
    ResolutionImpossible,
    ResolutionTooDeep,
    Resolver,
)

from lumos.client.errors import NotFound, Refused
from lumos.client.explain import explain_conflict, explain_nothing
from lumos.client.index import Registry, Release
from lumos.client.requirement import Requirement, from_project
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version

__all__ = ["Requirement", "from_project", "resolve"]

_MAX_ROUNDS = 2000


def resolve(
    registry: Registry,
    wanted: Sequence[Requirement],
    *,
    locked: Mapping[ToolName, Version],
    python: str,
) -> dict[ToolName, Release]:
    """A release for every wanted tool and its dependencies, sorted by name.

    ``locked`` versions are preferred. ``python`` is the full version of the environment's Python.
    Raises :class:`Refused` with an explanation of the conflict, and :class:`NotFound`.
    """
    provider = _Provider(registry, locked, python)
    resolver: Resolver[Requirement, Release, ToolName] = Resolver(provider, BaseReporter())
    try:
        result = resolver.resolve(wanted, max_rounds=_MAX_ROUNDS)
    except ResolutionImpossible as error:
        raise _conflict(provider, error) from error
    except ResolutionTooDeep as error:
        raise Refused(
            "No compatible set of releases was found.",
            why=f"The search stopped after {_MAX_ROUNDS} steps.",
            hint="Narrow the ranges in lumos.toml to leave fewer combinations.",
        ) from error
    return dict(sorted(result.mapping.items()))


class _Provider(AbstractProvider[Requirement, Release, ToolName]):
    """Answers resolvelib's questions from the registry's index."""

    def __init__(self, registry: Registry, locked: Mapping[ToolName, Version], python: str) -> None:
        self.registry = registry
        self.locked = locked
        self.python = python
        self._tags = frozenset(sys_tags())

    def identify(self, requirement_or_candidate: Requirement | Release) -> ToolName:
        return requirement_or_candidate.tool

    def get_preference(
        self,
        identifier: ToolName,
        resolutions: Mapping[ToolName, Release],
        candidates: Mapping[ToolName, Iterator[Release]],
        information: Mapping[ToolName, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> tuple[bool, bool, str]:
        """Order: tools of the last conflict, then those in lumos.toml, then by name."""
        in_conflict = any(cause.requirement.tool == identifier for cause in backtrack_causes)
        in_project = any(info.parent is None for info in information[identifier])
        return not in_conflict, not in_project, str(identifier)

    def find_matches(
        self,
        identifier: ToolName,
        requirements: Mapping[ToolName, Iterator[Requirement]],
        incompatibilities: Mapping[ToolName, Iterator[Release]],
    ) -> list[Release]:
        wanted = list(requirements[identifier])
        excluded = {release.version for release in incompatibilities[identifier]}
        matching = [
            release
            for release in self._releases(identifier, wanted)
            if release.version not in excluded
            and not self.obstacle(release)
            and all(requirement.matches(release.version) for requirement in wanted)
        ]
        locked = self.locked.get(identifier)
        return sorted(matching, key=lambda r: (r.version == locked, r.version), reverse=True)

    def _releases(self, tool: ToolName, wanted: list[Requirement]) -> tuple[Release, ...]:
        try:
            return self.registry.tool(tool).releases
        except NotFound as error:
            parent = next((need.asked_by for need in wanted if need.asked_by), None)
            if parent is None:
                raise
            raise NotFound(
                f"{parent.tool} {parent.version} needs {tool}, which does not exist.",
                why=error.why,
                hint=f"Try an older version of {parent.tool}, or report this to its publisher.",
            ) from error

    def obstacle(self, release: Release) -> str | None:
        """Why this release cannot be installed here at all, or ``None``."""
        if release.quarantined:
            return f"was quarantined by the marketplace ({release.quarantined})"
        if release.yanked is not None and self.locked.get(release.tool) != release.version:
            return f"was yanked ({release.yanked})"
        if not _python_fits(release.entry.requires_python, self.python):
            return f"needs Python {release.entry.requires_python}, but this is {self.python}"
        if not parse_wheel_filename(release.entry.file)[3] & self._tags:
            return f"has no wheel for this platform ({release.entry.file})"
        return None

    def is_satisfied_by(self, requirement: Requirement, candidate: Release) -> bool:
        return requirement.matches(candidate.version)

    def get_dependencies(self, candidate: Release) -> list[Requirement]:
        return [
            Requirement(
                need.tool,
                need.specifier,
                npm=None,
                pep440=SpecifierSet(need.specifier),
                asked_by=candidate,
            )
            for need in candidate.tools
        ]


def _python_fits(requires: str, python: str) -> bool:
    try:
        return SpecifierSet(requires).contains(python, prereleases=True)
    except InvalidSpecifier:
        return False


def _conflict(provider: _Provider, error: ResolutionImpossible) -> Refused:
    """The error that explains resolvelib's causes."""
    causes: Iterable[Requirement] = [cause.requirement for cause in error.causes]
    wishes = list(dict.fromkeys(causes))
    tool = wishes[0].tool
    for_tool = [wish for wish in wishes if wish.tool == tool]
    releases = provider.registry.tool(tool).releases
    together = [r for r in releases if all(wish.matches(r.version) for wish in for_tool)]
    obstacles = {release.version: provider.obstacle(release) for release in releases}
    if len({wish.asked_by for wish in for_tool}) == 1 or together:
        return explain_nothing(tool, for_tool, together, releases, obstacles)
    return explain_conflict(tool, for_tool, releases)
