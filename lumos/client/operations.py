"""Add, remove, update and install tools; lumos.toml, lumos.lock and .lumos/env stay consistent.

Nothing is written before every wheel was downloaded and verified and the user has agreed. If a
later step fails, the files are restored.
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
    """A tool that the user named, with an optional range."""

    tool: ToolName
    range: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an operation. ``notes`` are messages; ``wrote`` is whether files changed."""

    changes: tuple[Change, ...]
    lock: Lock
    notes: tuple[str, ...] = ()
    wrote: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """What every operation needs. ``approve`` raises :class:`Refused` to stop the operation."""

    project: Project
    approve: Approve
    report: Report
    dry_run: bool = False

    def registry(self) -> Registry:
        """``LUMOS_REGISTRY``, otherwise the lock file's registry, otherwise the default."""
        named = os.environ.get("LUMOS_REGISTRY") or self.project.lock.registry
        return Registry(Transport(named or DEFAULT_REGISTRY))


def add(job: Job, wishes: Sequence[Wish]) -> Outcome:
    """Add tools to the project, or change the range of tools that it has."""
    with exclusive(job.project):
        return _choose(job, wishes, release_locks=[wish.tool for wish in wishes if wish.range])


def update(job: Job, tools: Sequence[ToolName], *, latest: bool) -> Outcome:
    """Update to the newest releases in the ranges; ``latest`` ignores and raises the ranges."""
    project = job.project
    with exclusive(project):
        known = [entry.tool for entry in project.tools]
        for tool in tools:
            if tool not in known:
                raise _not_in_project(project, tool)
        named = list(tools) or known
        released = list(tools) or [*known, *project.lock.versions]
        wishes = [Wish(tool, "*") for tool in named] if latest else []
        return _choose(job, wishes, release_locks=released, keep_pins=bool(tools), latest=latest)


def remove(job: Job, tools: Sequence[ToolName]) -> Outcome:
    """Remove tools and their unused dependencies; the others keep their locked versions."""
    project = job.project
    with exclusive(project):
        text = project.text
        for tool in tools:
            if project.find(tool) is None:
                raise _not_in_project(project, tool)
            text = project.without_tool(text, tool)
        roots = [entry.tool for entry in project.tools if entry.tool not in tools]
        lock = _pruned(project.lock, roots)
        notes = [
            f"{short_name(tool)} stays installed, because it is needed by "
            f"{', '.join(map(short_name, lock.needed_by(tool)))}."
            for tool in tools
            if tool in lock.versions
        ]
        return _apply(job, text, lock, Transport(lock.registry or None), notes=notes)


def install(job: Job) -> Outcome:
    """Install lumos.lock exactly; raises :class:`UsageError` if it does not match lumos.toml."""
    project = job.project
    with exclusive(project):
        for entry in project.tools:
            version = project.lock.versions.get(entry.tool)
            if version is None or not _fits(entry, version):
                raise UsageError(
                    "lumos.lock does not match lumos.toml.",
                    why=f"lumos.toml needs {short_name(entry.tool)} {entry.range}, but "
                    + (f"{version} is locked." if version else "it is not locked."),
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
    """Resolve lumos.toml together with the wishes, then apply the result."""
    project, registry = job.project, job.registry()
    ranges = {entry.tool: entry.range for entry in project.tools}
    for wish in wishes:
        ranges[wish.tool] = wish.range or ranges.get(wish.tool, "*")
    free = set(release_locks)
    locked = {tool: v for tool, v in project.lock.versions.items() if tool not in free}
    job.report(f"Resolving {len(ranges)} {'tool' if len(ranges) == 1 else 'tools'}")
    wanted = [from_project(tool, text) for tool, text in ranges.items()]
    chosen = resolve(registry, wanted, locked=locked, python=platform.python_version())
    for tool in chosen:
        _check_unchanged(project.lock, registry.tool(tool))
    text = _with_ranges(project, wishes, chosen, latest=latest)
    pins = project.lock.python if keep_pins else ()
    lock = lock_from(registry.root, chosen.values(), pins)
    return _apply(job, text, lock, registry.transport, notes=_notes(registry, chosen))


def _check_unchanged(lock: Lock, index: ToolIndex) -> None:
    """Raise :class:`IntegrityError` if the index has another sha256 for the locked version."""
    locked = lock.find(index.tool)
    offered = index.release(locked.version) if locked else None
    if locked is None or offered is None or offered.entry.sha256 == locked.sha256:
        return
    raise IntegrityError(
        f"{short_name(index.tool)} {locked.version} is not the file in lumos.lock.",
        why=f"A release never changes, but lumos.lock has sha256 {locked.sha256} and the index "
        f"now has {offered.entry.sha256}.",
        hint="Nothing was changed. Report this to the operator of the registry. If you changed the "
        f"registry: lumos remove tool {short_name(index.tool)}, then add it again.",
        details={"locked_sha256": locked.sha256, "offered_sha256": offered.entry.sha256},
    )


def _with_ranges(
    project: Project, wishes: Sequence[Wish], chosen: dict[ToolName, Release], *, latest: bool
) -> str:
    """lumos.toml with a range for every wish: the requested one, otherwise ^major.minor."""
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


def _notes(registry: Registry, chosen: dict[ToolName, Release]) -> list[str]:
    notes = []
    for tool, release in chosen.items():
        index = registry.tool(tool)
        document = index.document
        if document.status == "deprecated":
            instead = f"; use {document.successor} instead" if document.successor else ""
            why = f" ({document.deprecation})" if document.deprecation else ""
            notes.append(f"{short_name(tool)} is deprecated{why}{instead}.")
        if release.yanked is not None:
            notes.append(f"{short_name(tool)} {release.version} was yanked ({release.yanked}).")
    return notes


def _pruned(lock: Lock, roots: Iterable[ToolName]) -> Lock:
    """The lock with only the roots and their dependencies."""
    needed: set[ToolName] = set()
    pending = list(roots)
    while pending:
        entry = lock.find(pending.pop())
        if entry is not None and entry.tool not in needed:
            needed.add(entry.tool)
            pending.extend(need.tool for need in entry.tools)
    return replace(lock, tools=tuple(entry for entry in lock.tools if entry.tool in needed))


def _apply(
    job: Job,
    text: str,
    lock: Lock,
    transport: Transport,
    *,
    notes: Sequence[str] = (),
    frozen: bool = False,
) -> Outcome:
    """Download, verify, ask, install into a new environment, write both files, activate it."""
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
    job.report("Installing into .lumos/env")
    with staged(project) as environment, restoring(project.file, project.lock_file):
        pins = environment.fill(lock.requirements, wheels.local, pins=lock.python, frozen=frozen)
        check_pins(lock, pins)
        lock = replace(lock, python=pins)
        write_atomically(project.lock_file, dump_lock(lock))
        if text != project.text:
            write_atomically(project.file, text)
        environment.activate(lock)
    return Outcome(changes, lock, tuple(notes))


def _not_in_project(project: Project, tool: ToolName) -> NotFound:
    names = ", ".join(short_name(entry.tool) for entry in project.tools) or "none"
    needed = project.lock.needed_by(tool)
    return NotFound(
        f"{short_name(tool)} is not in lumos.toml.",
        why=f"{short_name(tool)} is a dependency of {', '.join(map(short_name, needed))}."
        if needed
        else f"The project's tools: {names}.",
        hint="lumos tools list",
    )
