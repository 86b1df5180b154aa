"""A release's requirements: which are tools of this marketplace, and which releases fit."""

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
    """A requirement that can only mean a tool of ours, of which no release can be installed."""


def tool_named(distribution: str) -> Tool | None:
    """The tool whose distribution this is: a requirement is a tool dependency exactly then."""
    name = canonical(distribution)
    return Tool.objects.live().filter(distribution=name).select_related("namespace").first()


def looks_like_tool(distribution: str) -> bool:
    """Whether the name can only mean a tool here: its first part is a namespace of ours."""
    try:
        name = ToolName.from_distribution(canonical(distribution))
    except InvalidName:
        return False
    return name.namespace == OFFICIAL_NAMESPACE or (
        Namespace.objects.filter(name=name.namespace).exists()
        and Tool.objects.filter(namespace__name=name.namespace).exists()
    )


def is_ours(distribution: str) -> bool:
    """Whether the name belongs to this marketplace, be its tool live, hidden or not yet there."""
    name = canonical(distribution)
    return Tool.objects.filter(distribution=name).exists() or looks_like_tool(name)


def best_release(tool: Tool, requirement: Requirement) -> Release | None:
    """The newest release that resolvers may choose and that fits the requirement."""
    for release in tool.releases.chosen().newest_first():
        version = Version.parse(release.version)
        if requirement.specifier.contains(version.pep440, prereleases=None):
            return release
    return None


def versions_of(tool: Tool) -> list[str]:
    """The versions that resolvers may choose, newest first."""
    return list(tool.releases.chosen().newest_first().values_list("version", flat=True))


def problems(wheel: Wheel) -> Iterator[Finding]:
    """The requirements of a wheel that can only mean tools of ours, and of which none fits."""
    for text in wheel.metadata.requirements:
        requirement = Requirement(text)
        tool = tool_named(requirement.name)
        if tool is not None:
            if tool.distribution == wheel.tool.distribution:
                yield _refused(text, "a tool cannot depend on itself", "Remove the requirement.")
            elif best_release(tool, requirement) is None:
                yield _refused(
                    text,
                    f"no installable release of {tool.full_name} fits it",
                    f"Choose a range that one of its releases fits: "
                    f"{', '.join(versions_of(tool)[:5]) or 'it has none now'}.",
                )
        elif looks_like_tool(requirement.name):
            yield _refused(
                text,
                "its namespace is one of this marketplace, but there is no such tool here",
                "Publish that tool first, or fix the name.",
            )


def _refused(requirement: str, what: str, fix: str) -> Finding:
    return RULES["dependency/not-installable"].finding(
        f"The dependency '{requirement}' cannot be installed: {what}.", "METADATA", fix=fix
    )


def applies(requirement: Requirement) -> bool:
    """Whether its marker holds on this machine, without any extra."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def closure(requirements: Iterable[str]) -> tuple[list[Release], list[str]]:
    """All that must be installed: tool releases, and requirements on other Python packages.

    Newest first and depth first; the sandbox needs one set that works, not the best of all.
    Raises Unavailable for a name of ours that cannot be had: left to the Python index, it would
    be whatever a stranger published there.
    """
    tools: dict[int, Release] = {}
    python: dict[str, None] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop(0)
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
            waiting += [Requirement(row.requirement) for row in release.dependencies.all()]
    return list(tools.values()), list(python)
