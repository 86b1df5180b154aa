"""Writing checked files into a fresh folder: nothing is followed, nothing is overwritten."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["write_tree"]

_HAS_FOLDER_HANDLES = os.open in os.supports_dir_fd and os.mkdir in os.supports_dir_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_NEW_FILE = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)


def write_tree(folder: Path, members: Iterable[tuple[str, Iterable[bytes] | None]]) -> None:
    """Write ``(name, chunks)`` pairs below ``folder``; ``None`` for chunks makes a folder.

    ``folder`` is made if it is missing and must be empty. Every step goes through a handle of its
    parent where the system has them, so that a folder swapped for a link meanwhile is never
    entered. Files get mode 644 and folders 755, whatever the archive says. Raises ``OSError``
    (``FileExistsError`` where something is there already).
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; unpacking needs a fresh folder.")
    for name, chunks in members:
        parts = name.removesuffix("/").split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise ValueError(f"{name!a} is not a path inside a folder.")
        if _HAS_FOLDER_HANDLES:
            _write_by_handles(folder, parts, chunks)
        else:
            _write_by_path(folder, parts, chunks)


def _write_by_handles(folder: Path, parts: list[str], chunks: Iterable[bytes] | None) -> None:
    handle = os.open(folder, _FOLDER)
    try:
        parents = parts if chunks is None else parts[:-1]
        for part in parents:
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, 0o755, dir_fd=handle)
            inner = os.open(part, _FOLDER, dir_fd=handle)
            os.close(handle)
            handle = inner
        if chunks is not None:
            _write(os.open(parts[-1], _NEW_FILE, 0o644, dir_fd=handle), chunks)
    finally:
        os.close(handle)


def _write_by_path(folder: Path, parts: list[str], chunks: Iterable[bytes] | None) -> None:
    """For Windows, which has no folder handles."""
    parents = folder.joinpath(*(parts if chunks is None else parts[:-1]))
    parents.mkdir(parents=True, exist_ok=True)
    if folder.resolve() not in (parents.resolve(), *parents.resolve().parents):
        raise ValueError(f"{'/'.join(parts)!a} leads out of the folder.")
    if chunks is not None:
        _write(os.open(parents / parts[-1], _NEW_FILE, 0o644), chunks)


def _write(handle: int, chunks: Iterable[bytes]) -> None:
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
