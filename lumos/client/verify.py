"""From a lock to checked wheels on this disk: hash first, archive rules second, promises third."""

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
    """The wheels of a lock: for the installer, and what they contain."""

    local: list[LocalWheel] = field(default_factory=list)
    contents: dict[ToolName, Wheel] = field(default_factory=dict)


def fetch_wheels(
    lock: Lock, transport: Transport, cache: WheelCache, report: Callable[[str], None]
) -> Wheels:
    """Download what the cache lacks and check everything; raises :class:`IntegrityError`."""
    missing = [tool for tool in lock.tools if not cache.path(tool.sha256, tool.file).is_file()]
    if missing:
        size = sum(tool.size for tool in missing) / 1000
        count = f"{len(missing)} wheel" + ("s" if len(missing) > 1 else "")
        report(f"Downloading {count}, {size:,.0f} kB")
    found = Wheels()
    try:
        paths = in_parallel(lambda tool: _fetch(tool, transport, cache), lock.tools, _PARALLEL)
    finally:
        cache.drop_parts()
    for tool, path in zip(lock.tools, paths, strict=True):
        found.contents[tool.tool] = _checked(tool, path)
        found.local.append(LocalWheel(tool.tool.distribution, path, tool.sha256))
    return found


def open_wheel(path: Path, file: str) -> Wheel:
    """Read a wheel of the cache by the archive rules; a bad one is thrown away.

    Raises :class:`IntegrityError`.
    """
    try:
        return read_wheel(path, filename=file)
    except PackageRefused as error:
        first = error.findings[0]
        path.unlink(missing_ok=True)
        raise IntegrityError(
            f"{file} breaks the rules for packages and was not installed.",
            why=f"{first.message} ({first.rule})",
            hint="The registry should not have let it in: tell its operator.",
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
    """The wheel, if it is what index or lock said about it."""
    wheel = open_wheel(path, tool.file)
    permissions = tuple(sorted(str(each) for each in wheel.manifest.permissions))
    promises: dict[str, tuple[object, object]] = {
        "name": (tool.tool, wheel.tool),
        "version": (tool.version, wheel.version),
        "permissions": (tool.permissions.declared, permissions),
        "functions": (tool.functions_digest, functions_digest(wheel.functions)),
    }
    for what, (promised, found) in promises.items():
        if promised != found:
            raise IntegrityError(
                f"{tool.file} does not contain what was promised about {short_name(tool.tool)}.",
                why=f"Its {what} should be {promised}, but in the file it is {found}.",
                hint="Nothing was installed. If lumos.lock was edited by hand, restore it; "
                "otherwise tell the operator of the registry.",
            )
    return wheel
