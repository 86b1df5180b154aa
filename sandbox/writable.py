"""The folders that a tool may write to, put back between two calls from outside the sandbox.

A function that leaves its first answer there would otherwise pass its repeats without any work.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

WORKING_FOLDER = "/tmp"  # noqa: S108 - inside the sandbox
SHARED_FOLDER = "/dev/shm"  # noqa: S108 - as above
LOOKED_AT = 100
LONGEST = 1 << 20

State = tuple[int, int, int]
Look = Callable[[str, bytes], None]


@dataclass
class WritableFolder:
    """What ``folder`` holds after the import of a tool; ``planted`` are files that cannot go."""

    folder: str = WORKING_FOLDER
    planted: frozenset[str] = frozenset()
    kept: dict[str, State] = field(default_factory=dict)

    def keep(self, init: int) -> None:
        """Remember what the import left, which every call may find; no other file stays."""
        with contextlib.suppress(OSError, RecursionError):
            self.kept = {
                path: state
                for path, state, _, _ in files(init, self.folder)
                if path not in self.planted
            }

    def show(self, init: int, look: Look) -> None:
        """Show what a call wrote to ``look``: the path and the first mebibyte of 100 files."""
        with contextlib.suppress(OSError, RecursionError):
            found = islice(files(init, self.folder), LOOKED_AT + len(self.planted))
            for path, state, name, folder in found:
                if path not in self.planted and self.kept.get(path) != state:
                    look(path, content(name, folder))

    def restore(self, init: int) -> bool:
        """Remove what a call left.

        Returns False if the folder is not as it was after the import; then only a new sandbox is.
        """
        found: dict[str, State] = {}
        try:
            for path, state, name, folder in files(init, self.folder):
                if self.kept.get(path) == state:
                    found[path] = state
                elif path not in self.planted:
                    os.unlink(name, dir_fd=folder)
            remove_folders(init, self.folder, (*self.kept, *self.planted))
        except (OSError, RecursionError):
            return False
        return found == self.kept


def files(init: int, place: str) -> Iterator[tuple[str, State, str, int]]:
    """Every file: its path in the place, its state, its name and its open folder.

    No link is followed, as the tool may have made them.
    """
    for root, _, names, folder in walk(init, place):
        for name in names:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            path = os.path.normpath(f"{root}/{name}")
            yield path, (found.st_ino, found.st_size, found.st_ctime_ns), name, folder


def walk(init: int, place: str) -> Iterator[tuple[str, list[str], list[str], int]]:
    """A place from the deepest folder up; links to folders count as files."""
    start = os.open(f"/proc/{init}/root{place}", os.O_RDONLY | os.O_DIRECTORY)
    try:
        for root, folders, names, folder in os.fwalk(".", topdown=False, dir_fd=start):
            links = [name for name in folders if is_link(name, folder)]
            yield root, [name for name in folders if name not in links], [*names, *links], folder
    finally:
        os.close(start)


def is_link(name: str, folder: int) -> bool:
    return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def remove_folders(init: int, place: str, needed: Iterable[str]) -> None:
    """Remove the folders that are empty, without those that hold a kept or planted file."""
    stays = {parent for path in needed for parent in parents(path)}
    for root, folders, _, folder in walk(init, place):
        for name in folders:
            if os.path.normpath(f"{root}/{name}") not in stays:
                os.rmdir(name, dir_fd=folder)


def parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def content(name: str, folder: int) -> bytes:
    """The first mebibyte of a regular file; empty for anything else."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(name, flags, dir_fd=folder)
    except OSError:
        return b""
    try:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return os.read(descriptor, LONGEST) if regular else b""
    finally:
        os.close(descriptor)
