"""lumos.toml, the project file. Edits keep its comments and order."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lumos.client.errors import LumosError, NotFound, UsageError
from lumos.client.files import read_regular, write_atomically
from lumos.client.lockfile import Lock, read_lock
from lumos.package.names.tools import OFFICIAL_NAMESPACE, InvalidName, ToolName
from lumos.package.versions import Version

__all__ = [
    "Project",
    "ProjectTool",
    "default_range",
    "find_project",
    "new_project",
    "registry_here",
]

FILE = "lumos.toml"
LOCK = "lumos.lock"


@dataclass(frozen=True, slots=True)
class ProjectTool:
    """A ``[[tools]]`` entry with a marketplace source. ``config`` has values for its settings."""

    alias: str
    tool: ToolName
    range: str
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Project:
    """A folder with a lumos.toml."""

    root: Path

    @property
    def file(self) -> Path:
        """The project file."""
        return self.root / FILE

    @property
    def lock_file(self) -> Path:
        """The lock file."""
        return self.root / LOCK

    @property
    def folder(self) -> Path:
        """The folder of generated files, which can be deleted."""
        return self.root / ".lumos"

    @property
    def environment(self) -> Path:
        """The virtual environment of the project's tools."""
        return self.folder / "env"

    @cached_property
    def text(self) -> str:
        """The content of lumos.toml; raises :class:`UsageError` if it is not UTF-8."""
        try:
            return read_regular(self.file).decode("utf-8")
        except UnicodeDecodeError as error:
            raise _unreadable(f"It is not UTF-8 at byte {error.start}.") from error

    @cached_property
    def tools(self) -> tuple[ProjectTool, ...]:
        """The marketplace entries in the order of the file; raises :class:`UsageError`."""
        return _tools(self.text)

    @cached_property
    def lock(self) -> Lock:
        """The lock, empty if there is no lock file."""
        return read_lock(self.lock_file)

    def find(self, tool: ToolName) -> ProjectTool | None:
        """The entry of one tool."""
        return next((entry for entry in self.tools if entry.tool == tool), None)

    def with_tool(self, text: str, tool: ToolName, wanted: str) -> str:
        """``text`` of lumos.toml with this tool at this range."""
        import tomlkit

        document = tomlkit.parse(text)
        entries = document.get("tools", [])
        for entry in entries:
            if _package(entry) == tool:
                entry["version"] = wanted
                return tomlkit.dumps(document)
        added = _entry(tool, wanted, used_names={str(entry.get("name")) for entry in entries})
        if "tools" not in document:
            return text.rstrip("\n") + ("\n\n" if text.strip() else "") + added
        if not isinstance(entries, tomlkit.items.AoT):
            raise _unreadable("tools must be tables that begin with [[tools]]")
        entries.append(tomlkit.parse(added)["tools"][0])
        return _set_apart(tomlkit.dumps(document), added.strip())

    def without_tool(self, text: str, tool: ToolName) -> str:
        """``text`` of lumos.toml without this tool."""
        import tomlkit

        document = tomlkit.parse(text)
        entries = document.get("tools", [])
        for position in reversed(range(len(entries))):
            if _package(entries[position]) == tool:
                del entries[position]
        if not len(entries):
            document.pop("tools", None)
        return tomlkit.dumps(document).rstrip("\n") + "\n"


def find_project(start: Path | None = None) -> Project:
    """The project of this folder or its nearest parent; raises :class:`NotFound`."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return Project(folder)
    raise NotFound(
        "No lumos.toml was found.",
        why=f"Neither {here} nor a parent folder is a Lumos project.",
        hint="lumos init",
    )


def registry_here() -> str:
    """``LUMOS_REGISTRY``, otherwise the registry in the project's lock file, otherwise empty."""
    named = os.environ.get("LUMOS_REGISTRY")
    if named:
        return named
    try:
        return find_project().lock.registry
    except LumosError:  # searching works without a project, or with a damaged one
        return ""


def new_project(folder: Path, *, name: str) -> Project:
    """Create lumos.toml in ``folder``; raises :class:`UsageError` if it exists."""
    project = Project(folder.resolve())
    if project.file.exists():
        raise UsageError(
            f"{project.file} already exists.",
            why="This folder is already a Lumos project.",
            hint="lumos add tool csv-parser",
        )
    import tomlkit

    document = tomlkit.document()
    document["name"] = name
    document["version"] = "0.1.0"
    document["description"] = ""
    write_atomically(project.file, tomlkit.dumps(document))
    return project


def default_range(version: Version) -> str:
    """The range for a tool that was added without one: ``^major.minor``."""
    return f"^{version}" if version.is_prerelease else f"^{version.major}.{version.minor}"


def _tools(text: str) -> tuple[ProjectTool, ...]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(str(error)) from error
    entries = data.get("tools", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _unreadable('"tools" must be tables that begin with [[tools]]')
    return tuple(_tool(entry) for entry in entries if _source(entry)["type"] == "marketplace")


def _tool(entry: Mapping[str, Any]) -> ProjectTool:
    version = entry.get("version", "*")
    config = entry.get("config", {})
    try:
        tool = ToolName.parse(_source(entry)["package"])
    except InvalidName as error:
        raise _unreadable(str(error)) from error
    if not isinstance(version, str) or not isinstance(config, dict):
        raise _unreadable(f'"version" of {tool} must be a string and "config" a table')
    return ProjectTool(str(entry.get("name", tool.name)), tool, version, config)


def _source(entry: Mapping[str, Any]) -> Mapping[str, str]:
    """The entry's source; without one it is the marketplace, as in Lumos.ai."""
    source = entry.get("source", {})
    kind = source.get("type", "marketplace") if isinstance(source, dict) else source
    name = str(entry.get("name", "")).replace("_", "-")
    package = source.get("package", name) if isinstance(source, dict) else name
    return {"type": str(kind), "package": str(package)}


def _package(entry: Mapping[str, Any]) -> ToolName | None:
    source = _source(entry)
    try:
        return ToolName.parse(source["package"]) if source["type"] == "marketplace" else None
    except InvalidName:
        return None


def _entry(tool: ToolName, wanted: str, *, used_names: set[str]) -> str:
    """A new ``[[tools]]`` entry as text, with an unused name."""
    alias = tool.name.replace("-", "_")
    name = tool.import_package if alias in used_names else alias
    package = tool.name if tool.namespace == OFFICIAL_NAMESPACE else str(tool)
    return (
        f"[[tools]]\nname = {_quoted(name)}\nversion = {_quoted(wanted)}\n"
        f'[tools.source]\ntype = "marketplace"\npackage = {_quoted(package)}\n'
    )


def _set_apart(text: str, added: str) -> str:
    """``text`` with an empty line before the new entry, and after it if more text follows."""
    before, separator, after = text.partition(added)
    if not separator:
        return text
    after = after.lstrip("\n")
    return f"{before.rstrip(chr(10))}\n\n{added}\n" + (f"\n{after}" if after else "")


def _quoted(text: str) -> str:
    import tomlkit

    return tomlkit.item(text).as_string()


def _unreadable(why: str) -> UsageError:
    return UsageError(
        "lumos.toml cannot be read.",
        why=why,
        hint="Fix the file. To see an example, run `lumos init` in an empty folder.",
    )
