"""Reads the tools installed in ``.lumos/env``: functions, entries, settings, permissions."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lumos.client.errors import IntegrityError, LumosError, NotFound, UsageError
from lumos.client.index import short_name
from lumos.client.installer import environment_of
from lumos.client.lockfile import LockedTool
from lumos.client.project import Project
from lumos.client.pythonenv import site_packages_of
from lumos.client.trust import check_environment
from lumos.package.findings import PackageRefused
from lumos.package.functions import FunctionSpec
from lumos.package.manifest.reader import Manifest, parse_manifest
from lumos.package.names.tools import InvalidName, ToolName

__all__ = ["InstalledTool", "choose_tool", "installed_functions", "load_tool"]


@dataclass(frozen=True, slots=True)
class InstalledTool:
    """An installed tool."""

    locked: LockedTool
    manifest: Manifest
    functions: tuple[FunctionSpec, ...]

    @property
    def name(self) -> str:
        """The name to show; official tools have no namespace in it."""
        return short_name(self.locked.tool)

    @property
    def entries(self) -> dict[str, str]:
        """``module:function`` of every function, as the runner loads them."""
        return {name: function.entry for name, function in self.manifest.functions.items()}

    def function(self, name: str) -> FunctionSpec:
        """The named function; an empty name means the only one.

        Raises :class:`NotFound`, or :class:`UsageError` for an empty name and several functions.
        """
        known = {spec.name: spec for spec in self.functions}
        if not name and len(known) == 1:
            return self.functions[0]
        if name in known:
            return known[name]
        names = sorted(known)
        raise (NotFound if name else UsageError)(
            f"{self.name} has no function {name}."
            if name
            else f"{self.name} has several functions.",
            why=f"Available functions: {', '.join(names)}.",
            hint=f"lumos run {self.name}.{names[0]}" if names else f"lumos tools info {self.name}",
        )


def choose_tool(project: Project, text: str) -> LockedTool:
    """The locked tool with this name, or with this alias in lumos.toml."""
    for entry in project.tools:
        locked = project.lock.find(entry.tool)
        if locked and text in (entry.alias, short_name(entry.tool), str(entry.tool)):
            return locked
    try:
        wanted = ToolName.parse(text.replace("_", "-"))
    except InvalidName as error:
        raise UsageError(
            f'"{text}" is not a valid tool name.', why=str(error), hint="lumos tools list"
        ) from error
    locked = project.lock.find(wanted)
    if locked is None:
        raise _not_installed(project, wanted)
    return locked


def load_tool(project: Project, locked: LockedTool) -> InstalledTool:
    """Read a tool's files from the environment.

    Every call of a tool goes through here, so the environment is checked first. Raises
    :class:`Refused` for one that this user did not create, :class:`NotFound` if the tool is
    missing and :class:`IntegrityError` if its files are damaged.
    """
    check_environment(project)
    folder = site_packages_of(environment_of(project)) / locked.tool.import_package
    try:
        manifest_text = (folder / "tool.toml").read_text("utf-8")
        functions_text = (folder / "functions.json").read_text("utf-8")
        manifest = parse_manifest(manifest_text, import_package=locked.tool.import_package)
        # The content was validated when the wheel was installed.
        specs = tuple(FunctionSpec(**spec) for spec in json.loads(functions_text)["functions"])
        return InstalledTool(locked, manifest, specs)
    except OSError as error:
        raise _missing(locked) from error
    except (PackageRefused, ValueError, TypeError, KeyError) as error:
        raise IntegrityError(
            f"{short_name(locked.tool)} in .lumos/env is damaged.",
            why=str(error),
            hint="lumos install",
        ) from error


def installed_functions(project: Project) -> dict[ToolName, tuple[FunctionSpec, ...]]:
    """The functions of the installed tools; tools that cannot be read are left out."""
    functions = {}
    for locked in project.lock.tools:
        try:
            functions[locked.tool] = load_tool(project, locked).functions
        except LumosError:
            continue
    return functions


def _missing(locked: LockedTool) -> NotFound:
    return NotFound(
        f"{short_name(locked.tool)} is not installed in .lumos/env.",
        why="It is in lumos.lock, but its files are missing: a new clone, or a deleted folder.",
        hint="lumos install",
    )


def _not_installed(project: Project, tool: ToolName) -> NotFound:
    from difflib import get_close_matches

    names = [short_name(tool.tool) for tool in project.lock.tools]
    near = get_close_matches(short_name(tool), names, n=1, cutoff=0.6)
    return NotFound(
        f"{short_name(tool)} is not a tool of this project.",
        why=f"The project's tools: {', '.join(names)}." if names else "It has no tools yet.",
        hint=f"Did you mean {near[0]}? Otherwise: lumos add tool {short_name(tool)}"
        if near
        else f"lumos add tool {short_name(tool)}",
    )
