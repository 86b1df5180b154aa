"""A range for a tool: in npm syntax from a project, in PEP 440 syntax from a release."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.specifiers import SpecifierSet

from lumos.client.errors import UsageError
from lumos.client.index import Release, short_name
from lumos.package.names.tools import ToolName
from lumos.package.ranges import InvalidRange, Range
from lumos.package.versions import InvalidVersion, Version

__all__ = ["Requirement", "from_project"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A range for a tool, from the project (``npm``) or another release (``pep440``)."""

    tool: ToolName
    text: str
    npm: Range | None
    pep440: SpecifierSet | None
    asked_by: Release | None = None

    def matches(self, version: Version) -> bool:
        """Whether the version is in the range; both forms use npm's rule for pre-releases."""
        if self.npm is not None:
            return self.npm.matches(version)
        specifiers = self.pep440 or SpecifierSet()
        if version.is_prerelease and not _names_prerelease(specifiers, version):
            return False
        return specifiers.contains(version.pep440, prereleases=True)


def from_project(tool: ToolName, text: str) -> Requirement:
    """A requirement from lumos.toml or the command line; raises :class:`UsageError`."""
    try:
        return Requirement(tool, text, npm=Range.parse(text), pep440=None)
    except InvalidRange as error:
        raise UsageError(
            f'"{text}" is not a valid range for {short_name(tool)}.',
            why=str(error),
            hint=f"lumos add tool {short_name(tool)}@^1.0",
        ) from error


def _names_prerelease(specifiers: SpecifierSet, version: Version) -> bool:
    for specifier in specifiers:
        try:
            named = Version.from_pep440(specifier.version)
        except InvalidVersion:
            continue
        if named.is_prerelease and named.core == version.core:
            return True
    return False
