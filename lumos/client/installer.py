"""Creates ``.lumos/env``, the project's virtual environment.

Every install creates a new environment beside the current one and then replaces it by renaming, so
that a failed or interrupted install changes nothing.
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
from lumos.client.files import check_file, discard, make_folder, read_regular, write_atomically
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
    """Whether the environment is trusted and has exactly the packages in the lock."""
    try:
        check_environment(project)
        stamp = read_regular(environment_of(project) / _STAMP).decode("utf-8", "replace")
    except (LumosError, OSError):
        return False
    return stamp == _fingerprint(lock) and pythonenv.python_of(environment_of(project)).exists()


class StagedEnvironment:
    """An environment that is not yet the project's environment."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.folder = folder
        self._project = project
        self._target = environment_of(project)

    def fill(
        self,
        requirements: Sequence[str],
        wheels: Sequence[LocalWheel],
        *,
        pins: Sequence[str],
        frozen: bool,
    ) -> tuple[str, ...]:
        """Install everything; returns the pins of the third-party packages.

        With ``frozen``, ``pins`` are installed exactly; otherwise they are preferred versions.
        """
        pythonenv.create(self.folder)
        if not frozen:
            pins = pythonenv.resolve_python(self.folder, requirements, preferred=pins)
        pythonenv.install(self.folder, pins=pins, wheels=wheels)
        return tuple(pins)

    def activate(self, lock: Lock) -> None:
        """Replace the project's environment with this one and delete the old one."""
        (self.folder / _STAMP).write_text(_fingerprint(lock), "utf-8")
        old = self._target.with_name(self.folder.name + ".old")
        replaces = os.path.lexists(self._target)
        if replaces:
            self._target.rename(old)
        try:
            self.folder.rename(self._target)
        except OSError:
            if replaces:
                old.rename(self._target)
            raise
        remember(self._project)
        discard(old)


@contextmanager
def staged(project: Project) -> Iterator[StagedEnvironment]:
    """A new environment beside the current one; it is deleted at the end unless it was activated.

    The caller holds the lock of :func:`exclusive`, so leftovers of killed commands are deleted.
    """
    _make_folder(project.folder)
    for leftover in project.folder.glob("env-*"):
        discard(leftover)
    folder = project.folder / f"env-{secrets.token_hex(4)}"
    try:
        yield StagedEnvironment(project, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def exclusive(project: Project) -> Iterator[None]:
    """Hold the project's lock; raises :class:`Refused` if another command holds it."""
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
            why="Two changes at the same time could leave lumos.toml and .lumos/env inconsistent.",
            hint="Wait until it has finished and try again.",
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
    """A hash of what the environment was created from: the tools' hashes and the pins."""
    lines = [f"{tool.tool} {tool.sha256}" for tool in lock.tools] + sorted(lock.python)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() + "\n"
