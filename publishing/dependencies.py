"""Resolve requirements: which are tools of this marketplace, and which releases match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.requirements import Requirement

from accounts.models import Namespace
from catalog.models import Release, Tool
from lumos.package.findings import Finding
from lumos.package.names.tools import OFFICIAL_NAMESPACE, InvalidName, ToolName, canonical
from lumos.package.versions import Version
from lumos.package.wheel import Wheel
from publishing.rulebook import RULES


class Unavailable(Exception):
    """A requirement on a tool of this marketplace of which no release can be installed."""


def tool_named(distribution: str) -> Tool | None:
    """The live tool with this distribution name, or None if it is not a tool."""
    name = canonical(distribution)
    return Tool.objects.live().filter(distribution=name).select_related("namespace").first()


def looks_like_tool(distribution: str) -> bool:
    """Whether the name's first part is a namespace that has tools here."""
    try:
        name = ToolName.from_distribution(canonical(distribution))
    except InvalidName:
        return False
    return name.namespace == OFFICIAL_NAMESPACE or (
        Namespace.objects.filter(name=name.namespace).exists()
        and Tool.objects.filter(namespace__name=name.namespace).exists()
    )


def is_ours(distribution: str) -> bool:
    """Whether the name belongs to this marketplace, even if the tool is hidden or unpublished."""
    name = canonical(distribution)
    return Tool.objects.filter(distribution=name).exists() or looks_like_tool(name)


def best_release(tool: Tool, requirement: Requirement) -> Release | None:
    """The newest installable release that matches the requirement, or None."""
    for release in tool.releases.chosen().newest_first():
        version = Version.parse(release.version)
        if requirement.specifier.contains(version.pep440, prereleases=None):
            return release
    return None


def versions_of(tool: Tool) -> list[str]:
    """The installable versions, newest first."""
    return list(tool.releases.chosen().newest_first().values_list("version", flat=True))


def problems(wheel: Wheel) -> Iterator[Finding]:
    """A finding for each requirement on a tool here that has no matching release."""
    for text in wheel.metadata.requirements:
        requirement = Requirement(text)
        tool = tool_named(requirement.name)
        if tool is not None:
            if tool.distribution == wheel.tool.distribution:
                yield _not_installable(
                    text, "a tool cannot depend on itself", "Remove the requirement."
                )
            elif best_release(tool, requirement) is None:
                yield _not_installable(
                    text,
                    f"no installable release of {tool.full_name} matches",
                    f"Change the version range. Available: "
                    f"{', '.join(versions_of(tool)[:5]) or 'none'}.",
                )
        elif looks_like_tool(requirement.name):
            yield _not_installable(
                text,
                "its namespace belongs to this marketplace, but the tool does not exist",
                "Publish that tool first, or fix the name.",
            )


def _not_installable(requirement: str, what: str, fix: str) -> Finding:
    return RULES["dependency/not-installable"].finding(
        f"The dependency '{requirement}' cannot be installed: {what}.", "METADATA", fix=fix
    )


def applies(requirement: Requirement) -> bool:
    """Whether its marker is true on this machine, without extras."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def closure(requirements: Iterable[str]) -> tuple[list[Release], list[str]]:
    """Everything to install: tool releases, and requirements on other Python packages.

    Takes the newest matching release of each tool, without backtracking. Raises Unavailable for a
    tool of this marketplace that cannot be installed: on a Python index, anyone could own its name.
    """
    tools: dict[int, Release] = {}
    python: dict[str, None] = {}
    pending = [Requirement(text) for text in requirements]
    while pending:
        requirement = pending.pop(0)
        if not applies(requirement):
            continue
        tool = tool_named(requirement.name)
        if tool is None:
            if is_ours(requirement.name):
                raise Unavailable(str(requirement))
            python[str(requirement)] = None
        elif tool.pk not in tools:
            release = best_release(tool, requirement)
            if release is None:
                raise Unavailable(str(requirement))
            tools[tool.pk] = release
            pending += [Requirement(row.requirement) for row in release.dependencies.all()]
    return list(tools.values()), list(python)
