"""From a path to bytes: regular files only, and never more than allowed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

__all__ = ["load"]

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MANY = 10_000


def load(path: str, max_size: int) -> bytes:
    """The bytes of a regular file of at most ``max_size`` bytes; raises ValueError."""
    if not path or "\0" in path:
        raise ValueError(
            "The path is empty or holds a NUL character, so it names no file. Give a path such as "
            '"notes/today.txt".'
        )
    try:
        _check_kind(path, Path(path).stat().st_mode)
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise _explain(path, error) from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _check_kind(path, status.st_mode)
        try:
            data = file.read(max_size + 1)
        except OSError as error:
            raise _explain(path, error) from None
    if len(data) > max_size:
        size = max(status.st_size, len(data))
        raise ValueError(
            f"The file {path!r} has {size:,} bytes, more than the {max_size:,} that max_size "
            f"allows. Raise max_size to {size} if you want all of it."
        )
    return data


def _check_kind(path: str, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = _KINDS.get(stat.S_IFMT(mode), "no regular file")
    hint = "Name a file inside it." if stat.S_ISDIR(mode) else "Name a regular file."
    raise ValueError(f"{path!r} is {kind}, which cannot be read as a file. {hint}")


def _explain(path: str, error: OSError) -> ValueError:
    if isinstance(error, FileNotFoundError):
        return ValueError(f"There is no file {path!r}. {_neighbors(path)}")
    if isinstance(error, PermissionError):
        return ValueError(
            f"The file {path!r} may not be read by this user. "
            "Ask its owner, or choose another file."
        )
    reason = error.strerror or type(error).__name__
    return ValueError(f"The file {path!r} cannot be read: {reason}. Check the path and the disk.")


def _neighbors(path: str) -> str:
    """What could have been meant instead of a file that is not there."""
    folder = Path(path).parent
    if not folder.is_dir():
        return f"The folder {str(folder)!r} is not there either. Check the path."
    from difflib import get_close_matches  # noqa: PLC0415 - needed for this message alone

    try:
        names = [entry.name for entry, _ in zip(os.scandir(folder), range(_MANY), strict=False)]
    except OSError:
        return "Check the path."
    near = get_close_matches(Path(path).name, names, n=3, cutoff=0.7)
    if near:
        return f"Did you mean {' or '.join(repr(str(folder / name)) for name in near)}?"
    return f"Relative paths start at {str(Path.cwd())!r}. Check the path."
