"""Scan the previous release with the current rules.

The stored results of the previous release are not used, because a finding of a new rule would then
look like a change between the releases.
"""

from __future__ import annotations

from pathlib import Path

from catalog.models import Release
from core.store import StoreKeyError, public_store
from lumos.package.archive.reader import inflate
from lumos.package.findings import PackageRefused
from lumos.package.manifest.permissions import Permissions
from lumos.package.wheel import read_wheel
from publishing.checks.pythons import newest_python
from security_scan.isolated import scan_isolated

__all__ = ["permissions_today"]

#: "permissions" is compared; "files" shows whether a file needs a newer Python to be parsed.
SCANNERS = ("permissions", "files")


def permissions_today(release: Release, spare: Path) -> Permissions:
    """The permissions that a release declares, and those that a scan finds in its wheel now.

    Scans the wheel in the isolated process, with its limits on time and memory. ``spare`` is an
    empty folder. If the wheel is missing or can no longer be opened, returns the stored result.
    """
    path = spare / release.filename
    try:
        path.write_bytes(public_store().get(release.file_key))
        wheel = read_wheel(path, filename=release.filename)
    except (StoreKeyError, PackageRefused):
        return release.needs
    folder = spare / "tool"
    inflate(wheel.archive, folder)
    report = scan_isolated(
        folder,
        declared=release.permissions,
        import_package=wheel.tool.import_package,
        newest=newest_python(),
        scanners=SCANNERS,
    )
    if not report.scanners:  # every attempt failed
        return release.needs
    return Permissions(tuple(release.permissions), report.found)
