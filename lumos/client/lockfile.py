"""lumos.lock: exactly what was installed, written so that the same input gives the same bytes.

URLs are relative to the registry, whose address is written once: a registry may move, and a
mirror may serve the same tree.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lumos.client import claims
from lumos.client.errors import UsageError
from lumos.client.files import read_plain
from lumos.client.index import Release, ToolDependency
from lumos.package.manifest.permissions import Permissions
from lumos.package.names.tools import InvalidName, ToolName
from lumos.package.versions import InvalidVersion, Version

__all__ = ["Lock", "LockedTool", "dump_lock", "lock_from", "parse_lock", "read_lock"]

SCHEMA = 1
_HEADER = """\
# Written by lumos: what is installed in .lumos/env, to the byte. Commit it, do not edit it;
# `lumos add`, `lumos remove` and `lumos update` keep it, `lumos install` installs it.
"""


@dataclass(frozen=True, slots=True)
class LockedTool:
    """One tool at one version. ``url`` is relative to the registry or absolute."""

    tool: ToolName
    version: Version
    file: str
    url: str
    sha256: str
    size: int
    requires_python: str
    functions: tuple[str, ...]
    functions_digest: str
    permissions: Permissions
    tools: tuple[ToolDependency, ...]
    python: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """The whole file. ``python`` are the pinned third-party packages, as pip reads them."""

    registry: str = ""
    tools: tuple[LockedTool, ...] = ()
    python: tuple[str, ...] = field(default=())

    @property
    def versions(self) -> dict[ToolName, Version]:
        """The locked version of each tool."""
        return {each.tool: each.version for each in self.tools}

    @property
    def requirements(self) -> tuple[str, ...]:
        """What the tools together need from the Python index, sorted."""
        return tuple(sorted({text for tool in self.tools for text in tool.python}))

    def find(self, tool: ToolName) -> LockedTool | None:
        """The entry of one tool."""
        return next((each for each in self.tools if each.tool == tool), None)

    def needed_by(self, tool: ToolName) -> tuple[ToolName, ...]:
        """The locked tools that depend on this one."""
        return tuple(
            each.tool for each in self.tools if any(need.tool == tool for need in each.tools)
        )


def lock_from(registry: str, releases: Iterable[Release], python: Iterable[str]) -> Lock:
    """The lock of what the resolver chose."""
    tools = (_locked(registry, release) for release in releases)
    return Lock(registry, tuple(sorted(tools, key=lambda each: each.tool)), tuple(python))


def _locked(registry: str, release: Release) -> LockedTool:
    prefix = registry.rstrip("/") + "/"
    url = release.url.removeprefix(prefix) if release.url.startswith(prefix) else release.url
    return LockedTool(
        tool=release.tool,
        version=release.version,
        file=release.entry.file,
        url=url,
        sha256=release.entry.sha256,
        size=release.entry.size,
        requires_python=release.entry.requires_python,
        functions=tuple(sorted(release.entry.functions)),
        functions_digest=release.entry.functions_digest,
        permissions=release.entry.permissions.in_order(),
        tools=tuple(sorted(release.tools, key=lambda each: each.tool)),
        python=tuple(sorted(release.entry.dependencies.python)),
    )


def dump_lock(lock: Lock) -> str:
    """The file's text: fixed order of keys, tools by name."""
    import tomlkit

    document = tomlkit.document()
    document["schema"] = SCHEMA
    document["registry"] = lock.registry
    if lock.python:
        pins = tomlkit.array()
        pins.extend(lock.python)
        document["python"] = pins.multiline(True)
    tables = tomlkit.aot()
    for tool in lock.tools:
        tables.append(tomlkit.item(_as_dict(tool)))
    if lock.tools:
        document["tools"] = tables
    return _HEADER + tomlkit.dumps(document)


def _as_dict(tool: LockedTool) -> dict[str, Any]:
    return {
        "name": str(tool.tool),
        "version": str(tool.version),
        "file": tool.file,
        "url": tool.url,
        "sha256": tool.sha256,
        "size": tool.size,
        "requires_python": tool.requires_python,
        "functions": list(tool.functions),
        "functions_digest": tool.functions_digest,
        **_permissions_as_dict(tool.permissions),
        "dependencies": [f"{need.tool} {need.specifier}".strip() for need in tool.tools],
        "python": list(tool.python),
    }


def _permissions_as_dict(permissions: Permissions) -> dict[str, Any]:
    """TOML has no null: where no scan is known, nothing is said of what it found."""
    declared = {"permissions": list(permissions.declared)}
    if permissions.found is None:
        return declared
    return {
        **declared,
        "permissions_found": list(permissions.found),
        "dependencies_checked": permissions.dependencies_checked,
    }


def _parse_permissions(data: dict[str, Any]) -> Permissions:
    return Permissions.read(
        {
            "declared": data.get("permissions", []),
            "found": data.get("permissions_found"),
            "dependencies_checked": data.get("dependencies_checked", False),
        }
    )


def read_lock(path: Path) -> Lock:
    """The lock file, or an empty lock where there is none."""
    try:
        data = read_plain(path)
    except FileNotFoundError:
        return Lock()
    return parse_lock(data, name=path.name)


def parse_lock(text: str | bytes, *, name: str = "lumos.lock") -> Lock:
    """The inverse of :func:`dump_lock`; raises :class:`UsageError`."""
    try:
        data = tomllib.loads(text.decode("utf-8") if isinstance(text, bytes) else text)
        _check_schema(data["schema"], name)
        tools = tuple(_parse_tool(each) for each in data.get("tools", ()))
        return Lock(str(data["registry"]), tools, claims.pins(data.get("python", ())))
    except (ValueError, KeyError, TypeError, AttributeError, InvalidName, InvalidVersion) as error:
        raise UsageError(
            f"{name} cannot be read.",
            why=f"{type(error).__name__}: {error}",
            hint="Restore it from version control, or delete it and run: lumos update",
        ) from error


def _check_schema(schema: object, name: str) -> None:
    if isinstance(schema, int) and schema > SCHEMA:
        raise UsageError(
            f"{name} was written by a newer lumos.",
            why=f"Its schema is {schema}; this lumos-cli knows {SCHEMA}.",
            hint="Update lumos-cli to the version that the others in this project use.",
        )
    if schema != SCHEMA:
        raise ValueError(f"its schema {schema} is not known to this lumos-cli")


def _parse_tool(data: dict[str, Any]) -> LockedTool:
    return LockedTool(
        tool=ToolName.parse(data["name"]),
        version=Version.parse(data["version"]),
        file=claims.file_name(data["file"]),
        url=str(data["url"]),
        sha256=claims.sha256(data["sha256"]),
        size=claims.size(data["size"]),
        requires_python=str(data.get("requires_python", "")),
        functions=tuple(data.get("functions", ())),
        functions_digest=data.get("functions_digest", ""),
        permissions=_parse_permissions(data),
        tools=tuple(_dependency(text) for text in data.get("dependencies", ())),
        python=claims.requirements(data.get("python", ())),
    )


def _dependency(text: str) -> ToolDependency:
    name, _, specifier = text.partition(" ")
    return ToolDependency(ToolName.parse(name), claims.specifier(specifier))
