"""The scanning step: scan every file of the wheel in an isolated process."""

from __future__ import annotations

from lumos.package.compatibility import Surface, check_bump, compare
from lumos.package.findings import Finding
from lumos.package.manifest.permissions import Permissions
from lumos.package.versions import Version
from lumos.package.wheel import Wheel
from publishing.checks.base import Outcome, Workspace
from publishing.checks.pythons import newest_python
from security_scan.isolated import scan_isolated
from security_scan.report import ScanReport


def check(workspace: Workspace) -> Outcome:
    """Scan for weaknesses (with Bandit), permissions, secrets, hidden text and malware."""
    workspace.report(f"Scanning {len(workspace.wheel.files)} files")
    wheel = workspace.wheel
    report = scan_isolated(
        workspace.folder,
        declared=[str(permission) for permission in wheel.manifest.permissions],
        import_package=wheel.tool.import_package,
        texts=texts_of(wheel),
        functions=wheel.functions,
        newest=newest_python(),
    )
    evidence = report.as_dict()
    evidence.pop("findings", None)
    message = f"{report.level}: {len(report.findings)} findings in {report.files} files"
    breaking = _new_use(workspace, report)
    return Outcome.of(message, (*([breaking] if breaking else []), *report.findings), evidence)


def _new_use(workspace: Workspace, report: ScanReport) -> Finding | None:
    """A finding if the code uses an undeclared permission that the previous release did not use.

    Changes of declared permissions were compared in the validating step.
    """
    if workspace.previous is None or not report.undeclared:
        return None
    wheel = workspace.wheel
    declared = tuple(str(permission) for permission in wheel.manifest.permissions)
    before = Surface((), workspace.baseline.needed)
    now = Surface((), Permissions(declared, report.found).needed)
    return check_bump(
        Version.parse(workspace.previous.version), wheel.version, compare(before, now)
    )


def texts_of(wheel: Wheel) -> dict[str, str]:
    """The texts that people and agents read, by location."""
    return {
        "README": wheel.metadata.readme,
        "summary": wheel.metadata.summary,
        "title": wheel.manifest.title,
        **{f"function {spec.name}": spec.description for spec in wheel.functions},
        **{f"setting {key}": item.description for key, item in wheel.manifest.settings.items()},
    }
