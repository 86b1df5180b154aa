"""``lumos check``: the marketplace's checks that need no sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from lumos.client.cache import WheelCache
from lumos.client.describing import in_project
from lumos.client.errors import LumosError, NotFound
from lumos.client.index import Registry, Release
from lumos.client.toolproject import ToolProject
from lumos.client.transport import Transport
from lumos.client.verify import open_wheel
from lumos.package.compatibility import Surface, check_bump, compare
from lumos.package.findings import Finding
from lumos.package.functions import FUNCTIONS_FILE, FunctionSpec
from lumos.package.manifest.reader import MANIFEST_FILE
from lumos.package.rulebook import RULES
from lumos.package.schema.providers import provider_issues
from lumos.package.versions import Version
from lumos.package.wheel import Wheel

__all__ = ["CheckReport", "baseline", "check_tool"]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Findings with paths of the project, and notes about what was and was not compared."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def check_tool(
    project: ToolProject, wheel: Wheel, transport: Transport, report: Callable[[str], None]
) -> CheckReport:
    """The checks beyond those of :func:`lumos.package.wheel.read_wheel`."""
    findings = [*_provider_findings(wheel), *_advice(wheel)]
    notes: list[str] = []
    report("Comparing with the newest release")
    try:
        changed = _compatibility(wheel, Registry(transport), notes)
    except LumosError as error:
        changed = None
        notes.append(f"Could not compare with the newest release: {error.what}")
    findings += [changed] if changed else []
    return CheckReport(tuple(map(in_project(project), findings)), tuple(notes))


def baseline(version: Version, releases: Iterable[Release]) -> Release | None:
    """The release that a new version is compared with; see :meth:`Version.can_precede`."""
    lower = [
        release
        for release in releases
        if release.yanked is None
        and not release.quarantined
        and release.version.can_precede(version)
    ]
    return max(lower, key=lambda release: release.version, default=None)


def _compatibility(wheel: Wheel, registry: Registry, notes: list[str]) -> Finding | None:
    try:
        index = registry.tool(wheel.tool)
    except NotFound:
        notes.append(f"{wheel.tool} has no releases yet, so there is nothing to compare with.")
        return None
    existing = index.release(wheel.version)
    if existing is not None and existing.entry.sha256 != wheel.sha256:
        return _version_taken(wheel)
    before = baseline(wheel.version, index.releases)
    if before is None:
        return None
    path = WheelCache().fetch(
        registry.transport,
        url=before.url,
        file=before.entry.file,
        sha256=before.entry.sha256,
        size=before.entry.size,
    )
    old = open_wheel(path, before.entry.file)
    notes.append(f"Compared with {before.tool} {before.version}.")
    return check_bump(before.version, wheel.version, compare(_surface(old), _surface(wheel)))


def _surface(wheel: Wheel) -> Surface:
    return Surface(
        functions=wheel.functions,
        permissions=tuple(str(permission) for permission in wheel.manifest.permissions),
    )


def _provider_findings(wheel: Wheel) -> Iterator[Finding]:
    file = f"{wheel.tool.import_package}/{FUNCTIONS_FILE}"
    for spec in wheel.functions:
        for finding in provider_issues(spec):
            yield finding if finding.file else replace(finding, file=file)


def _advice(wheel: Wheel) -> Iterator[Finding]:
    """Findings that lower the documentation score and are quick to fix."""
    file = f"{wheel.tool.import_package}/{MANIFEST_FILE}"
    for spec in wheel.functions:
        entry = wheel.manifest.functions.get(spec.name)
        if entry is not None and not any(example.offline for example in entry.examples):
            yield RULES["example/none-offline"].finding(
                f"The function {spec.name} has no example that the marketplace can run.",
                file,
                fix=f"Add [[functions.{spec.name}.examples]] with input and output to tool.toml.",
            )
        yield from _undescribed(spec, file)


def _undescribed(spec: FunctionSpec, file: str) -> Iterator[Finding]:
    functions_file = file.replace(MANIFEST_FILE, FUNCTIONS_FILE)
    properties = spec.input_schema.get("properties", {})
    missing = [name for name, schema in properties.items() if not schema.get("description")]
    if missing:
        yield RULES["documentation/parameter-undescribed"].finding(
            f"{spec.name} has parameters without a description: {', '.join(missing)}.",
            functions_file,
        )
    if not spec.description.strip():
        yield RULES["documentation/function-undescribed"].finding(
            f"{spec.name} has no description.", functions_file
        )


def _version_taken(wheel: Wheel) -> Finding:
    return RULES["release/version-exists"].finding(
        f"{wheel.tool} {wheel.version} is already published with different contents."
    )
