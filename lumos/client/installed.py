"""The tools in ``.lumos/env`` as they lie there: functions, entries, settings, permissions."""

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
    """One tool that can be called."""

    locked: LockedTool
    manifest: Manifest
    functions: tuple[FunctionSpec, ...]

    @property
    def name(self) -> str:
        """The tool's name as people write it."""
        return short_name(self.locked.tool)

    @property
    def entries(self) -> dict[str, str]:
        """``module:function`` of every function, as the runner loads them."""
        return {name: each.entry for name, each in self.manifest.functions.items()}

    def function(self, name: str) -> FunctionSpec:
        """The named function, or the only one for an empty name; raises :class:`NotFound`."""
        known = {spec.name: spec for spec in self.functions}
        if not name and len(known) == 1:
            return self.functions[0]
        if name in known:
            return known[name]
        names = sorted(known)
        raise (NotFound if name else UsageError)(
            f"{self.name} has no function {name}." if name else f"Which function of {self.name}?",
            why=f"Its functions are: {', '.join(names)}.",
            hint=f"lumos run {self.name}.{names[0]}" if names else f"lumos tools info {self.name}",
        )


def choose_tool(project: Project, text: str) -> LockedTool:
    """The locked tool that ``text`` means: its name, or the name it has in lumos.toml."""
    for each in project.tools:
        locked = project.lock.find(each.tool)
        if locked and text in (each.alias, short_name(each.tool), str(each.tool)):
            return locked
    try:
        wanted = ToolName.parse(text.replace("_", "-"))
    except InvalidName as error:
        raise UsageError(
            f'"{text}" is not the name of a tool.', why=str(error), hint="lumos tools list"
        ) from error
    locked = project.lock.find(wanted)
    if locked is None:
        raise _not_installed(project, wanted)
    return locked


def load_tool(project: Project, locked: LockedTool) -> InstalledTool:
    """Read a tool's own files from the environment; raises where it is not what was locked.

    Whoever calls the tool gets it from here: an environment that was not made here is refused.
    """
    check_environment(project)
    folder = site_packages_of(environment_of(project)) / locked.tool.import_package
    try:
        manifest_text = (folder / "tool.toml").read_text("utf-8")
        functions_text = (folder / "functions.json").read_text("utf-8")
        manifest = parse_manifest(manifest_text, import_package=locked.tool.import_package)
        # The file was checked in full when its wheel was installed; here only its form matters.
        specs = tuple(FunctionSpec(**each) for each in json.loads(functions_text)["functions"])
        return InstalledTool(locked, manifest, specs)
    except OSError as error:
        raise _not_there(locked) from error
    except (PackageRefused, ValueError, TypeError, KeyError) as error:
        raise IntegrityError(
            f"{short_name(locked.tool)} in .lumos/env is damaged.",
            why=str(error),
            hint="lumos install",
        ) from error


def installed_functions(project: Project) -> dict[ToolName, tuple[FunctionSpec, ...]]:
    """The functions of every tool that is installed; what cannot be read is left out."""
    found = {}
    for locked in project.lock.tools:
        try:
            found[locked.tool] = load_tool(project, locked).functions
        except LumosError:
            continue
    return found


def _not_there(locked: LockedTool) -> NotFound:
    return NotFound(
        f"{short_name(locked.tool)} is not installed in .lumos/env.",
        why="lumos.lock names it, but its files are not there: a fresh clone, or a deleted folder.",
        hint="lumos install",
    )


def _not_installed(project: Project, tool: ToolName) -> NotFound:
    from difflib import get_close_matches

    names = [short_name(each.tool) for each in project.lock.tools]
    near = get_close_matches(short_name(tool), names, n=1, cutoff=0.6)
    return NotFound(
        f"{short_name(tool)} is not a tool of this project.",
        why=f"Its tools are: {', '.join(names)}." if names else "It has no tools yet.",
        hint=f"Did you mean {near[0]}? Otherwise: lumos add tool {short_name(tool)}"
        if near
        else f"lumos add tool {short_name(tool)}",
    )
