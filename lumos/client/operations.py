"""Add, remove, update and install: each ends with lumos.toml, lumos.lock and .lumos/env agreeing.

Nothing is written before every wheel was downloaded, checked against its sha256 and read by the
archive rules, and before the user agreed; what fails afterward is put back.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lumos.client.cache import WheelCache
from lumos.client.changes import Change, compare
from lumos.client.errors import IntegrityError, NotFound, UsageError
from lumos.client.files import restoring, write_atomically
from lumos.client.index import Registry, Release, ToolIndex, short_name
from lumos.client.installed import installed_functions
from lumos.client.installer import exclusive, is_current, staged
from lumos.client.lockfile import Lock, dump_lock, lock_from
from lumos.client.needs import check_needs, check_pins
from lumos.client.project import Project, ProjectTool, default_range
from lumos.client.requirement import from_project
from lumos.client.resolver import resolve
from lumos.client.transport import DEFAULT_REGISTRY, Transport
from lumos.client.verify import fetch_wheels
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version

__all__ = ["Outcome", "Wish", "add", "install", "remove", "update"]

Approve = Callable[[Sequence[Change]], None]
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """A tool that the user names, with a range or none."""

    tool: ToolName
    range: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did. ``notes`` are remarks for people; ``wrote`` whether files changed."""

    changes: tuple[Change, ...]
    lock: Lock
    notes: tuple[str, ...] = ()
    wrote: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """What every operation gets: the project, who is asked and told, and whether to write."""

    project: Project
    approve: Approve
    report: Report
    dry_run: bool = False

    def registry(self) -> Registry:
        """``LUMOS_REGISTRY``, else the registry of the lock file, else the usual one."""
        named = os.environ.get("LUMOS_REGISTRY") or self.project.lock.registry
        return Registry(Transport(named or DEFAULT_REGISTRY))


def add(job: Job, wishes: Sequence[Wish]) -> Outcome:
    """Add tools to the project, or change the range of those that are there."""
    with exclusive(job.project):
        return _choose(job, wishes, release_locks=[wish.tool for wish in wishes if wish.range])


def update(job: Job, tools: Sequence[ToolName], *, latest: bool) -> Outcome:
    """Take the newest releases that the ranges allow; ``latest`` goes beyond the ranges."""
    project = job.project
    with exclusive(project):
        known = [each.tool for each in project.tools]
        for tool in tools:
            if tool not in known:
                raise _not_in_project(project, tool)
        named = list(tools) or known
        released = list(tools) or [*known, *project.lock.versions]
        wishes = [Wish(tool, "*") for tool in named] if latest else []
        return _choose(job, wishes, release_locks=released, keep_pins=bool(tools), latest=latest)


def remove(job: Job, tools: Sequence[ToolName]) -> Outcome:
    """Remove tools and whatever only they needed; what stays is not resolved again."""
    project = job.project
    with exclusive(project):
        text = project.text
        for tool in tools:
            if project.find(tool) is None:
                raise _not_in_project(project, tool)
            text = project.without_tool(text, tool)
        roots = [each.tool for each in project.tools if each.tool not in tools]
        lock = _pruned(project.lock, roots)
        notes = [
            f"{short_name(tool)} stays installed: "
            f"{', '.join(map(short_name, lock.needed_by(tool)))} needs it."
            for tool in tools
            if tool in lock.versions
        ]
        return _apply(job, text, lock, Transport(lock.registry or None), notes=notes)


def install(job: Job) -> Outcome:
    """Install exactly what lumos.lock says; raises where it does not fit lumos.toml."""
    project = job.project
    with exclusive(project):
        for each in project.tools:
            version = project.lock.versions.get(each.tool)
            if version is None or not from_project(each.tool, each.range).matches(version):
                raise UsageError(
                    "lumos.lock does not fit lumos.toml.",
                    why=f"{short_name(each.tool)} {each.range} is asked for, "
                    + (f"{version} is locked." if version else "but it is not locked."),
                    hint="lumos update",
                )
        registry = job.registry()
        return _apply(job, project.text, project.lock, registry.transport, frozen=True)


def _choose(
    job: Job,
    wishes: Sequence[Wish],
    *,
    release_locks: Iterable[ToolName],
    keep_pins: bool = True,
    latest: bool = False,
) -> Outcome:
    """Resolve lumos.toml with the wishes in it, then apply."""
    project, registry = job.project, job.registry()
    asked = {each.tool: each.range for each in project.tools}
    for wish in wishes:
        asked[wish.tool] = wish.range or asked.get(wish.tool, "*")
    free = set(release_locks)
    locked = {tool: v for tool, v in project.lock.versions.items() if tool not in free}
    job.report(f"Resolving {len(asked)} {'tool' if len(asked) == 1 else 'tools'}")
    wanted = [from_project(tool, text) for tool, text in asked.items()]
    chosen = resolve(registry, wanted, locked=locked, python=platform.python_version())
    for tool in chosen:
        _check_unchanged(project.lock, registry.tool(tool))
    text = _with_ranges(project, wishes, chosen, latest=latest)
    pins = project.lock.python if keep_pins else ()
    lock = lock_from(registry.root, chosen.values(), pins)
    return _apply(job, text, lock, registry.transport, notes=_remarks(registry, chosen))


def _check_unchanged(lock: Lock, index: ToolIndex) -> None:
    """A version never changes: raise where the index has other bytes for the locked one."""
    locked = lock.find(index.tool)
    offered = index.release(locked.version) if locked else None
    if locked is None or offered is None or offered.entry.sha256 == locked.sha256:
        return
    raise IntegrityError(
        f"{short_name(index.tool)} {locked.version} is not the file that lumos.lock has.",
        why=f"A version never changes, but lumos.lock has sha256 {locked.sha256} and the index "
        f"now has {offered.entry.sha256}.",
        hint="Nothing was changed. Tell the operator of the registry. If it is another registry "
        f"on purpose: lumos remove tool {short_name(index.tool)}, then add it again.",
        details={"locked_sha256": locked.sha256, "offered_sha256": offered.entry.sha256},
    )


def _with_ranges(
    project: Project, wishes: Sequence[Wish], chosen: dict[ToolName, Release], *, latest: bool
) -> str:
    """lumos.toml with a range for every wish: the one that was asked for, else ^major.minor."""
    text = project.text
    for wish in wishes:
        version = chosen[wish.tool].version
        before = project.find(wish.tool)
        if before and (not wish.range or (latest and _fits(before, version))):
            continue
        explicit = wish.range if not latest else ""
        text = project.with_tool(text, wish.tool, explicit or default_range(version))
    return text


def _fits(entry: ProjectTool, version: Version) -> bool:
    return from_project(entry.tool, entry.range).matches(version)


def _remarks(registry: Registry, chosen: dict[ToolName, Release]) -> list[str]:
    notes = []
    for tool, release in chosen.items():
        index = registry.tool(tool)
        document = index.document
        if document.status == "deprecated":
            use = f"; its publisher says: use {document.successor}"
            instead = use if document.successor else ""
            why = f" ({document.deprecation})" if document.deprecation else ""
            notes.append(f"{short_name(tool)} is deprecated{why}{instead}.")
        if release.yanked is not None:
            notes.append(f"{short_name(tool)} {release.version} was yanked ({release.yanked}).")
    return notes


def _pruned(lock: Lock, roots: Iterable[ToolName]) -> Lock:
    """The lock with only what the roots need."""
    needed: set[ToolName] = set()
    waiting = list(roots)
    while waiting:
        entry = lock.find(waiting.pop())
        if entry is not None and entry.tool not in needed:
            needed.add(entry.tool)
            waiting.extend(need.tool for need in entry.tools)
    kept = tuple(each for each in lock.tools if each.tool in needed)
    return replace(lock, tools=kept)


def _apply(
    job: Job,
    text: str,
    lock: Lock,
    transport: Transport,
    *,
    notes: Sequence[str] = (),
    frozen: bool = False,
) -> Outcome:
    """Fetch, verify, ask, fill a new environment, write both files, put it in its place."""
    project = job.project
    wheels = fetch_wheels(lock, transport, WheelCache(), job.report)
    check_needs(lock, wheels.contents, Registry(transport))
    check_pins(lock, lock.python)
    changes = compare(
        project.lock,
        lock,
        old_functions=installed_functions(project),
        new_functions={name: wheel.functions for name, wheel in wheels.contents.items()},
    )
    job.approve(changes)
    if job.dry_run:
        return Outcome(changes, lock, tuple(notes), wrote=False)
    if lock == project.lock and text == project.text and is_current(project, lock):
        return Outcome((), lock, tuple(notes), wrote=False)
    job.report("Filling .lumos/env")
    with staged(project) as environment, restoring(project.file, project.lock_file):
        pins = environment.fill(lock.requirements, wheels.local, pins=lock.python, frozen=frozen)
        check_pins(lock, pins)
        lock = replace(lock, python=pins)
        write_atomically(project.lock_file, dump_lock(lock))
        if text != project.text:
            write_atomically(project.file, text)
        environment.take_place(lock)
    return Outcome(changes, lock, tuple(notes))


def _not_in_project(project: Project, tool: ToolName) -> NotFound:
    names = ", ".join(short_name(each.tool) for each in project.tools) or "none"
    needed = project.lock.needed_by(tool)
    return NotFound(
        f"{short_name(tool)} is not in lumos.toml.",
        why=f"{short_name(tool)} is there because {', '.join(map(short_name, needed))} needs it."
        if needed
        else f"The project's tools are: {names}.",
        hint="lumos tools list",
    )
