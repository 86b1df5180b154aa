"""The release before, read with today's rules.

What a new rule finds in both releases is no change between them, so what was stored when the
baseline was published is not what a new release is compared with.
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

#: What is compared, and what tells that a file needs a newer Python to be parsed.
SCANNERS = ("permissions", "files")


def permissions_today(release: Release, spare: Path) -> Permissions:
    """What a stored release declares, and what today's scan finds in its wheel.

    Reads the wheel again, in the isolated scan process with its limits of time and memory.
    ``spare`` is an empty folder for it. Where the wheel is gone or a rule of today refuses to open
    it, the answer is what was stored with the release.
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
    if not report.scanners:  # every attempt ended early
        return release.needs
    return Permissions(tuple(release.permissions), report.found)
