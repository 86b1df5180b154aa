"""Which release of each tool: npm ranges from lumos.toml, PEP 440 between tools (design §3).

Yanked releases are passed over unless the lock file has them, quarantined ones always; a
pre-release is taken only where a requirement names a pre-release of the same three numbers.
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
    """One release for every tool that is wanted and for all that these need, by name.

    ``locked`` versions are kept where the requirements allow. ``python`` is the full version of
    the environment. Raises :class:`Refused` with the conflict in words, :class:`NotFound`.
    """
    provider = _Provider(registry, locked, python)
    resolver: Resolver[Requirement, Release, ToolName] = Resolver(provider, BaseReporter())
    try:
        result = resolver.resolve(wanted, max_rounds=_MAX_ROUNDS)
    except ResolutionImpossible as error:
        raise _conflict(provider, error) from error
    except ResolutionTooDeep as error:
        raise Refused(
            "No set of releases that fits was found.",
            why=f"The search was given up after {_MAX_ROUNDS} steps.",
            hint="Narrow the ranges in lumos.toml, so that fewer combinations are left.",
        ) from error
    return dict(sorted(result.mapping.items()))


class _Provider(AbstractProvider[Requirement, Release, ToolName]):
    """What resolvelib asks for; its answers come from the index alone."""

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
        """What the last conflict was about first, then the project's own wishes, then by name."""
        in_conflict = any(cause.requirement.tool == identifier for cause in backtrack_causes)
        asked = any(info.parent is None for info in information[identifier])
        return not in_conflict, not asked, str(identifier)

    def find_matches(
        self,
        identifier: ToolName,
        requirements: Mapping[ToolName, Iterator[Requirement]],
        incompatibilities: Mapping[ToolName, Iterator[Release]],
    ) -> list[Release]:
        wanted = list(requirements[identifier])
        excluded = {release.version for release in incompatibilities[identifier]}
        found = [
            release
            for release in self._releases(identifier, wanted)
            if release.version not in excluded
            and not self.obstacle(release)
            and all(each.matches(release.version) for each in wanted)
        ]
        kept = self.locked.get(identifier)
        return sorted(found, key=lambda each: (each.version == kept, each.version), reverse=True)

    def _releases(self, tool: ToolName, wanted: list[Requirement]) -> tuple[Release, ...]:
        try:
            return self.registry.tool(tool).releases
        except NotFound as error:
            parent = next((each.asked_by for each in wanted if each.asked_by), None)
            if parent is None:
                raise
            raise NotFound(
                f"{parent.tool} {parent.version} needs {tool}, which is not here.",
                why=error.why,
                hint=f"Tell the publisher of {parent.tool}, or ask for an older version of it.",
            ) from error

    def obstacle(self, release: Release) -> str | None:
        """Why this release cannot be taken whatever is asked, or ``None``."""
        if release.quarantined:
            return f"was quarantined by the marketplace ({release.quarantined})"
        if release.yanked is not None and self.locked.get(release.tool) != release.version:
            return f"was yanked ({release.yanked})"
        if not _python_fits(release.entry.requires_python, self.python):
            return f"needs Python {release.entry.requires_python}; this is {self.python}"
        if not parse_wheel_filename(release.entry.file)[3] & self._tags:
            return f"has no wheel for this machine ({release.entry.file})"
        return None

    def is_satisfied_by(self, requirement: Requirement, candidate: Release) -> bool:
        return requirement.matches(candidate.version)

    def get_dependencies(self, candidate: Release) -> list[Requirement]:
        return [
            Requirement(
                each.tool,
                each.specifier,
                npm=None,
                pep440=SpecifierSet(each.specifier),
                asked_by=candidate,
            )
            for each in candidate.tools
        ]


def _python_fits(requires: str, python: str) -> bool:
    try:
        return SpecifierSet(requires).contains(python, prereleases=True)
    except InvalidSpecifier:
        return False


def _conflict(provider: _Provider, error: ResolutionImpossible) -> Refused:
    """resolvelib's causes in people's words."""
    asked: Iterable[Requirement] = [cause.requirement for cause in error.causes]
    wishes = list(dict.fromkeys(asked))
    tool = wishes[0].tool
    mine = [each for each in wishes if each.tool == tool]
    releases = provider.registry.tool(tool).releases
    together = [r for r in releases if all(each.matches(r.version) for each in mine)]
    obstacles = {release.version: provider.obstacle(release) for release in releases}
    if len({each.asked_by for each in mine}) == 1 or together:
        return explain_nothing(tool, mine, together, releases, obstacles)
    return explain_conflict(tool, mine, releases)
