"""``.lumos/env``: the project's virtual environment, always made whole beside the old one.

A new environment is filled next to the one in use and takes its place by renaming, so that a
failed or interrupted install leaves the project as it was.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lumos.client import pythonenv
from lumos.client.errors import LumosError, Refused
from lumos.client.files import check_file, discard, make_folder, read_plain, write_atomically
from lumos.client.lockfile import Lock
from lumos.client.project import Project
from lumos.client.pythonenv import LocalWheel
from lumos.client.trust import check_environment, check_owner, remember

__all__ = ["StagedEnvironment", "environment_of", "exclusive", "is_current", "staged"]

_STAMP = "lumos-installed.txt"


def environment_of(project: Project) -> Path:
    """The folder of the project's environment."""
    return project.environment


def is_current(project: Project, lock: Lock) -> bool:
    """Whether the environment was made here and holds exactly what the lock says."""
    try:
        check_environment(project)
        stamp = read_plain(environment_of(project) / _STAMP).decode("utf-8", "replace")
    except (LumosError, OSError):
        return False
    return stamp == _fingerprint(lock) and pythonenv.python_of(environment_of(project)).exists()


class StagedEnvironment:
    """An environment that is being filled and has not taken its place yet."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.folder = folder
        self._project = project
        self._place = environment_of(project)

    def fill(
        self,
        requirements: Sequence[str],
        wheels: Sequence[LocalWheel],
        *,
        pins: Sequence[str],
        frozen: bool,
    ) -> tuple[str, ...]:
        """Install everything; returns the pins of third-party packages that were used.

        ``frozen`` installs ``pins`` as they are, otherwise they are kept where they still fit.
        """
        pythonenv.create(self.folder)
        if not frozen:
            pins = pythonenv.resolve_python(self.folder, requirements, preferred=pins)
        pythonenv.install(self.folder, pins=pins, wheels=wheels)
        return tuple(pins)

    def take_place(self, lock: Lock) -> None:
        """Become the project's environment; the one before is deleted."""
        (self.folder / _STAMP).write_text(_fingerprint(lock), "utf-8")
        old = self._place.with_name(self.folder.name + ".old")
        had_one = os.path.lexists(self._place)
        if had_one:
            self._place.rename(old)
        try:
            self.folder.rename(self._place)
        except OSError:
            if had_one:
                old.rename(self._place)
            raise
        remember(self._project)
        discard(old)


@contextmanager
def staged(project: Project) -> Iterator[StagedEnvironment]:
    """A fresh environment beside the project's own; what is left of it is deleted at the end.

    So is what a command left that was killed: only one at a time changes a project.
    """
    _make_folder(project.folder)
    for left in project.folder.glob("env-*"):
        discard(left)
    folder = project.folder / f"env-{secrets.token_hex(4)}"
    try:
        yield StagedEnvironment(project, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def exclusive(project: Project) -> Iterator[None]:
    """One change of a project at a time; raises :class:`Refused` where another one runs."""
    from filelock import FileLock, Timeout

    check_owner(project)
    _make_folder(project.folder)
    check_file(project.folder / "busy")  # filelock truncates what it opens
    lock = FileLock(project.folder / "busy")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise Refused(
            "Another lumos command is changing this project.",
            why="Two changes at once would leave lumos.toml and .lumos/env apart.",
            hint="Wait for it to end and try again.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _make_folder(folder: Path) -> None:
    make_folder(folder)
    ignore = folder / ".gitignore"
    if not os.path.lexists(ignore):
        write_atomically(ignore, "*\n")


def _fingerprint(lock: Lock) -> str:
    """What the environment depends on: the tools' hashes and the pins."""
    lines = [f"{tool.tool} {tool.sha256}" for tool in lock.tools] + sorted(lock.python)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() + "\n"
