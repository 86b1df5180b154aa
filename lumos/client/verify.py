"""Downloads the wheels of a lock and verifies them: hash, archive rules, then the lock's values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lumos.client.cache import WheelCache
from lumos.client.errors import IntegrityError
from lumos.client.index import short_name
from lumos.client.lockfile import Lock, LockedTool
from lumos.client.parallel import in_parallel
from lumos.client.pythonenv import LocalWheel
from lumos.client.transport import Transport
from lumos.package.findings import PackageRefused
from lumos.package.functions import functions_digest
from lumos.package.names.tools import ToolName
from lumos.package.wheel import Wheel, read_wheel

__all__ = ["Wheels", "fetch_wheels", "open_wheel"]

_PARALLEL = 4


@dataclass(slots=True)
class Wheels:
    """The wheels of a lock: paths for the installer, and their parsed contents."""

    local: list[LocalWheel] = field(default_factory=list)
    contents: dict[ToolName, Wheel] = field(default_factory=dict)


def fetch_wheels(
    lock: Lock, transport: Transport, cache: WheelCache, report: Callable[[str], None]
) -> Wheels:
    """Download what is not cached and verify all wheels; raises :class:`IntegrityError`."""
    missing = [tool for tool in lock.tools if not cache.path(tool.sha256, tool.file).is_file()]
    if missing:
        size = sum(tool.size for tool in missing) / 1000
        count = f"{len(missing)} wheel" + ("s" if len(missing) > 1 else "")
        report(f"Downloading {count}, {size:,.0f} kB")
    wheels = Wheels()
    try:
        paths = in_parallel(lambda tool: _fetch(tool, transport, cache), lock.tools, _PARALLEL)
    finally:
        cache.drop_parts()
    for tool, path in zip(lock.tools, paths, strict=True):
        wheels.contents[tool.tool] = _checked(tool, path)
        wheels.local.append(LocalWheel(tool.tool.distribution, path, tool.sha256))
    return wheels


def open_wheel(path: Path, file: str) -> Wheel:
    """Read a cached wheel by the archive rules.

    Raises :class:`IntegrityError` and deletes the file if it breaks one.
    """
    try:
        return read_wheel(path, filename=file)
    except PackageRefused as error:
        first = error.findings[0]
        path.unlink(missing_ok=True)
        raise IntegrityError(
            f"{file} breaks the rules for packages. It was not installed.",
            why=f"{first.message} ({first.rule})",
            hint="The registry should have rejected it. Report this to its operator.",
            details={"findings": [finding.as_dict() for finding in error.findings]},
        ) from error


def _fetch(tool: LockedTool, transport: Transport, cache: WheelCache) -> Path:
    return cache.fetch(
        transport,
        url=transport.url(tool.url),
        file=tool.file,
        sha256=tool.sha256,
        size=tool.size,
    )


def _checked(tool: LockedTool, path: Path) -> Wheel:
    """The wheel; raises :class:`IntegrityError` if it does not match the lock."""
    wheel = open_wheel(path, tool.file)
    permissions = tuple(sorted(str(permission) for permission in wheel.manifest.permissions))
    expected: dict[str, tuple[object, object]] = {
        "name": (tool.tool, wheel.tool),
        "version": (tool.version, wheel.version),
        "permissions": (tool.permissions.declared, permissions),
        "functions": (tool.functions_digest, functions_digest(wheel.functions)),
    }
    for what, (locked, actual) in expected.items():
        if locked != actual:
            raise IntegrityError(
                f"{tool.file} does not match what the lock says about {short_name(tool.tool)}.",
                why=f"Its {what} should be {locked}, but the file has {actual}.",
                hint="Nothing was installed. If lumos.lock was edited by hand, restore it; "
                "otherwise report this to the operator of the registry.",
            )
    return wheel
