"""The functions that a project offers to agents, and their names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lumos.client.installed import InstalledTool, load_tool
from lumos.client.project import Project, ProjectTool
from lumos.package.functions import FunctionSpec

__all__ = ["Offer", "offers"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A function with the name that agents see."""

    name: str
    tool: InstalledTool
    spec: FunctionSpec
    entry: ProjectTool


def offers(project: Project) -> tuple[Offer, ...]:
    """The functions of the tools in lumos.toml, sorted by name, without their dependencies.

    A function whose name several tools have is offered as ``tool__function``, with the tool's
    name in lumos.toml.
    """
    loaded = [
        (entry, load_tool(project, locked))
        for entry in project.tools
        if (locked := project.lock.find(entry.tool))
    ]
    count = Counter(spec.name for _, tool in loaded for spec in tool.functions)
    functions = [
        Offer(_name(entry, spec, count[spec.name] == 1), tool, spec, entry)
        for entry, tool in loaded
        for spec in tool.functions
    ]
    return tuple(sorted(functions, key=lambda offer: offer.name))


def _name(entry: ProjectTool, spec: FunctionSpec, unique: bool) -> str:
    return spec.name if unique else f"{entry.alias}__{spec.name}"
