"""A store on a file system: written aside, flushed, renamed, and the folder flushed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from core.store.base import StoreKeyError, checked


class FileStore:
    """Keys are paths below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, data: bytes) -> None:
        """See Store.put."""
        self._write(key, lambda out: out.write(data))

    def put_file(self, key: str, source: Path) -> None:
        """See Store.put_file."""
        with source.open("rb") as stream:
            self._write(key, lambda out: shutil.copyfileobj(stream, out, 1 << 20))

    def get(self, key: str) -> bytes:
        """See Store.get."""
        return self.local_path(key).read_bytes()

    def local_path(self, key: str) -> Path:
        """See Store.local_path."""
        path = self.root / checked(key)
        if not path.is_file():
            raise StoreKeyError(key)
        return path

    def exists(self, key: str) -> bool:
        """See Store.exists."""
        return (self.root / checked(key)).is_file()

    def delete(self, key: str) -> None:
        """See Store.delete."""
        (self.root / checked(key)).unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See Store.keys."""
        start = self.root / checked(prefix) if prefix else self.root
        for path in sorted(start.rglob("*")):
            if path.is_file() and not path.name.startswith(".tmp-"):
                yield path.relative_to(self.root).as_posix()

    def remove_leftovers(self, older_than: float) -> None:
        """See Store.remove_leftovers."""
        for path in self.root.rglob(".tmp-*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > older_than:
                    path.unlink()

    def _write(self, key: str, fill: Callable[[BinaryIO], object]) -> None:
        target = self.root / checked(key)
        self._make_folder(target.parent)
        descriptor, aside = tempfile.mkstemp(prefix=".tmp-", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as out:
                fill(out)
                out.flush()
                os.fchmod(out.fileno(), 0o644)
                os.fsync(out.fileno())
            os.replace(aside, target)  # noqa: PTH105 - the atomic rename, by its plain name
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)

    def _make_folder(self, folder: Path) -> None:
        """With its parents; web servers of another user read the tree, whatever our umask is.

        What is private lies in a folder above that nobody else may enter.
        """
        if folder.is_dir():
            return
        if folder == self.root:
            folder.parent.mkdir(parents=True, exist_ok=True)
        else:
            self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
