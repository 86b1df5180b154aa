"""Reads and writes files of a project: atomically, and without following links.

In a cloned repository any name may be a symbolic link, a pipe or a device.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lumos.client.errors import UsageError

__all__ = [
    "check_file",
    "check_folder",
    "discard",
    "make_folder",
    "read_regular",
    "restoring",
    "write_atomically",
]

_MAX_READ = 16 * 1024 * 1024
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def read_regular(path: Path) -> bytes:
    """The content of a regular file of at most 16 MB; raises :class:`UsageError` for others.

    It follows no link and does not block on a pipe. ``FileNotFoundError`` is passed on.
    """
    with os.fdopen(_open_regular(path), "rb") as stream:
        data = stream.read(_MAX_READ + 1)
    if len(data) > _MAX_READ:
        raise UsageError(
            f"{path} is too large.",
            why=f"It has more than {_MAX_READ:,} bytes.",
            hint="Restore it from version control.",
        )
    return data


def _open_regular(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_LINK)
    except (FileNotFoundError, PermissionError):
        raise
    except OSError as error:
        raise _not_regular(path, "a file") from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise _not_regular(path, "a file")


def check_file(path: Path) -> None:
    """Raise :class:`UsageError` if ``path`` exists and is not a regular file without hard links.

    For files that are opened for writing: a hard link could lead to a file outside the project.
    """
    if os.path.lexists(path):
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            raise _not_regular(path, "a file")


def check_folder(path: Path) -> None:
    """Raise :class:`UsageError` if ``path`` exists and is not a folder, or is a link to one."""
    if os.path.lexists(path) and not stat.S_ISDIR(os.lstat(path).st_mode):
        raise _not_regular(path, "a folder")


def make_folder(path: Path) -> None:
    """Create a folder if it does not exist; raises as :func:`check_folder` does."""
    check_folder(path)
    path.mkdir(exist_ok=True)


def discard(path: Path) -> None:
    """Delete a folder and its content, or a file, or a link but not its target."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def write_atomically(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace ``path`` with ``text`` (UTF-8): write a temporary file beside it, fsync, rename.

    The file keeps its permission bits. ``mode`` sets them before the first byte is written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            part.chmod(mode)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def restoring(*paths: Path) -> Iterator[None]:
    """Restore these files if the block raises, also on Ctrl-C."""
    before = {path: path.read_text("utf-8") if path.exists() else None for path in paths}
    try:
        yield
    except BaseException:
        for path, text in before.items():
            if text is None:
                path.unlink(missing_ok=True)
            elif not path.exists() or path.read_text("utf-8") != text:
                write_atomically(path, text)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _not_regular(path: Path, wanted: str) -> UsageError:
    kind = "a hard link or not a regular file"
    if path.is_symlink():
        kind = "a symbolic link"
    return UsageError(
        f"{path} is not {wanted} of this project.",
        why=f"It is {kind}, which could lead out of the project, so it was not used.",
        hint=f"Check it, then remove it: rm {path}",
    )
