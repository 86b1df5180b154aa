"""The validating step: compare a well-formed wheel with the rest of the registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accounts.models import Namespace
from catalog.models import Dependency, Tool
from lumos.package.compatibility import Surface, check_bump, compare
from lumos.package.findings import Finding
from lumos.package.manifest.permissions import not_covered
from lumos.package.names.nearness import near
from lumos.package.names.tools import ToolName, fold
from lumos.package.versions import Version
from publishing import dependencies
from publishing.checks.base import Outcome, Workspace
from publishing.history import surface_of
from publishing.rulebook import RULES


def check(workspace: Workspace) -> Outcome:
    """Check the tool's name, its dependencies and its compatibility with the previous release.

    The archive, metadata and manifest were validated when the wheel was opened; what was found
    there and does not block is reported here.
    """
    changes, breaking = _compatibility(workspace)
    findings = (
        *workspace.wheel.findings,
        *_names(workspace),
        *dependencies.problems(workspace.wheel),
        *([breaking] if breaking else []),
    )
    evidence = {
        "requirements": len(workspace.wheel.metadata.requirements),
        "files": len(workspace.wheel.files),
        "unpacked_bytes": workspace.wheel.unpacked_bytes,
        "functions": [spec.name for spec in workspace.wheel.functions],
        "compared_with": workspace.previous.version if workspace.previous else None,
        "changes": changes,
        "dependencies_resolved": not any(f.rule.startswith("dependency/") for f in findings),
    }
    return Outcome.of(_summary(workspace), findings, evidence)


def _summary(workspace: Workspace) -> str:
    count = len(workspace.wheel.functions)
    functions = "1 function" if count == 1 else f"{count} functions"
    against = f", compared with {workspace.previous.version}" if workspace.previous else ""
    return f"{len(workspace.wheel.files)} files, {functions}{against}"


def _names(workspace: Workspace) -> Iterator[Finding]:
    """Findings on the name of a new tool; existing tools keep their names."""
    if Tool.objects.filter(distribution=workspace.wheel.tool.distribution).exists():
        return
    rejected = [*_look_alike(workspace), *_third_party(workspace)]
    yield from rejected or _near_popular(workspace)


def _look_alike(workspace: Workspace) -> Iterator[Finding]:
    tool = workspace.wheel.tool
    alike = Tool.objects.filter(folded=fold(str(tool)))
    others = alike.exclude(namespace=workspace.publication.namespace)
    for namespace, name in others.values_list("namespace__name", "name"):
        yield RULES["name/look-alike"].finding(
            f"The name {tool} looks like {namespace}/{name}, which exists."
        )


def _third_party(workspace: Workspace) -> Iterator[Finding]:
    """A finding if a release depends on a package of this name in another index."""
    tool = workspace.wheel.tool
    users = Dependency.objects.filter(distribution=tool.distribution, tool__isnull=True)
    user = users.select_related("release__tool__namespace").first()
    if user is not None:
        yield RULES["name/third-party"].finding(
            f"{user.release} depends on the package {tool.distribution} of another index."
        )


def _near_popular(workspace: Workspace) -> Iterator[Finding]:
    """A finding, held for review, if the name is one typo away from a popular tool's name."""
    tool = workspace.wheel.tool
    own = Namespace.objects.publishable_by(workspace.publication.uploader)
    popular = Tool.objects.live().popular().exclude(namespace__in=own)
    for namespace, name in popular.values_list("namespace__name", "name"):
        if how := near(tool, ToolName(namespace, name)):
            yield RULES["name/near-popular"].finding(
                f"{tool} may be confused with the popular tool {namespace}/{name}: {how}."
            )
            return


def _with_what_it_used(workspace: Workspace, now: Surface) -> Surface:
    """The previous release, with the permissions it used undeclared and that are declared now.

    Declaring a permission that the code already used is not a breaking change.
    """
    assert workspace.previous is not None
    before = surface_of(workspace.previous)
    grown = not_covered(now.permissions, workspace.baseline.needed)
    used = tuple(text for text in now.permissions if text not in grown)
    return replace(before, permissions=(*before.permissions, *used))


def _compatibility(workspace: Workspace) -> tuple[list[dict[str, object]], Finding | None]:
    if workspace.previous is None:
        return [], None
    wheel = workspace.wheel
    now = Surface(
        functions=wheel.functions,
        permissions=tuple(str(permission) for permission in wheel.manifest.permissions),
    )
    changes = compare(surface_of(workspace.previous), now)
    if any(
        change.level == "major" and change.path.startswith("permissions.") for change in changes
    ):
        changes = compare(_with_what_it_used(workspace, now), now)
    finding = check_bump(Version.parse(workspace.previous.version), wheel.version, changes)
    return [change.as_dict() for change in changes], finding
