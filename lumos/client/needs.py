"""Checks the dependencies in a lock against the wheels' own metadata (dependency confusion).

The index and the lock file split a release's requirements into tools of the marketplace and
packages of the Python index. If an attacker could move one from the first list to the second, lumos
would install a package with the tool's name from the Python index, where anyone can own that name.
So nothing may be missing or added, and no package of the Python index may have a tool's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from lumos.client.errors import IntegrityError
from lumos.client.index import Registry, short_name
from lumos.client.lockfile import Lock, LockedTool
from lumos.package.names.tools import (
    OFFICIAL_NAMESPACE,
    InvalidName,
    ToolName,
    canonical,
    is_popular,
)
from lumos.package.wheel import Wheel

__all__ = ["check_needs", "check_pins"]

_Need = tuple[str, SpecifierSet]


def check_needs(lock: Lock, wheels: Mapping[ToolName, Wheel], registry: Registry) -> None:
    """Raise :class:`IntegrityError` if the lock's dependencies differ from the wheels' metadata.

    The registry is asked only about names that a tool could have and no popular package has.
    """
    for locked in lock.tools:
        _check_same(locked, wheels[locked.tool])
        for text in locked.python:
            name = Requirement(text).name
            tool = _as_tool(name)
            if tool and (_in_our_namespaces(tool, lock) or registry.lists(tool)):
                raise _confused(locked.file, name, tool)


def check_pins(lock: Lock, pins: Iterable[str]) -> None:
    """Raise :class:`IntegrityError` if a pinned Python package has the name of a tool."""
    for pin in pins:
        name = pin.partition("==")[0].partition("[")[0]
        tool = _as_tool(name)
        if tool and _in_our_namespaces(tool, lock):
            raise _confused("the set of Python packages", name, tool)


def _check_same(locked: LockedTool, wheel: Wheel) -> None:
    written = [Requirement(text) for text in wheel.metadata.requirements]
    python = {_key(Requirement(text)) for text in locked.python}
    tools = {(need.tool.distribution, SpecifierSet(need.specifier)) for need in locked.tools}
    from_tools = [need for need in written if _name_and_range(need) in tools]
    from_python = [need for need in written if _key(need) in python]
    for need in written:
        if (need in from_tools) == (need in from_python):
            where = "missing" if need not in from_tools else "listed twice"
            raise _different(locked, f"{need} is {where}")
    if len({_name_and_range(need) for need in from_tools}) != len(tools):
        raise _different(locked, f"it adds tools: {sorted(name for name, _ in tools)}")
    if len({_key(need) for need in from_python}) != len(python):
        raise _different(locked, f"it adds Python packages: {sorted(locked.python)}")


def _name_and_range(need: Requirement) -> _Need:
    return canonical(need.name), need.specifier


def _key(need: Requirement) -> tuple[object, ...]:
    extras = frozenset(canonical(extra) for extra in need.extras)
    return (*_name_and_range(need), extras, str(need.marker or ""))


def _as_tool(distribution: str) -> ToolName | None:
    """The tool that would have this distribution name; ``None`` if no tool can have it."""
    try:
        tool = ToolName.from_distribution(canonical(distribution))
    except InvalidName:
        return None
    return None if is_popular(distribution) else tool


def _in_our_namespaces(tool: ToolName, lock: Lock) -> bool:
    return tool.namespace == OFFICIAL_NAMESPACE or any(
        tool.namespace == locked.tool.namespace for locked in lock.tools
    )


def _different(locked: LockedTool, what: str) -> IntegrityError:
    return IntegrityError(
        f"{locked.file} does not match what the lock says about {short_name(locked.tool)}.",
        why=f"The dependencies differ from the wheel's own metadata: {what}.",
        hint="Nothing was installed. If lumos.lock was edited by hand, restore it; "
        "otherwise report this to the operator of the registry.",
    )


def _confused(where: str, name: str, tool: ToolName) -> IntegrityError:
    return IntegrityError(
        f"{name} would be installed from the Python index, but it is the name of a tool.",
        why=f"{where} needs {name}, the distribution of the tool {tool}. Anyone could own that "
        "name on the Python index.",
        hint="Nothing was installed. If lumos.lock was edited by hand, restore it; "
        "otherwise report this to the operator of the registry.",
    )
