"""A store in a folder. A put writes a temporary file, syncs it, renames it and syncs the folder."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.store.base import BLOCK, Store, Stored, StoreKeyError, checked

_ASIDE = ".tmp-"
_NO_SUCH_FILE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG}


class FileStore(Store):
    """Keys are paths below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """See Store.put."""
        target = self.root / checked(key)
        self._make_folder(target.parent)
        descriptor, aside = tempfile.mkstemp(prefix=_ASIDE, dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as out:
                _fill(out, data)
                out.flush()
                os.fchmod(out.fileno(), 0o644)
                os.fsync(out.fileno())
            os.replace(aside, target)  # noqa: PTH105 - the atomic rename, by its plain name
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)

    def open(self, key: str) -> Stored:
        """See Store.open. A symbolic link below ``root`` raises StoreKeyError."""
        path = f"{os.path.realpath(self.root)}/{checked(key)}"
        with _missing_as_key_error(key):
            stream = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or os.path.realpath(path) != path:
            stream.close()
            raise StoreKeyError(key)
        # A file is replaced, never changed in place, so these values identify one put.
        version = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
        return Stored(stream, status.st_size, status.st_mtime, (*version, status.st_size))

    def get_to_file(self, key: str, path: Path) -> None:
        """See Store.get_to_file."""
        with self.open(key) as stored, path.open("wb") as out:
            shutil.copyfileobj(stored.stream, out, BLOCK)

    def size(self, key: str) -> int:
        """See Store.size."""
        return self._status(key).st_size

    def modified(self, key: str) -> float:
        """See Store.modified."""
        return self._status(key).st_mtime

    def list(self, prefix: str = "") -> Iterator[str]:
        """See Store.list."""
        start = self.root / checked(prefix) if prefix else self.root
        return _keys(start, f"{prefix}/" if prefix else "")

    def delete(self, key: str) -> None:
        """See Store.delete."""
        (self.root / checked(key)).unlink(missing_ok=True)

    def remove_leftovers(self, older_than: float) -> None:
        """See Store.remove_leftovers."""
        for path in self.root.rglob(f"{_ASIDE}*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > older_than:
                    path.unlink()

    def _status(self, key: str) -> os.stat_result:
        with _missing_as_key_error(key):
            status = (self.root / checked(key)).stat()
        if not stat.S_ISREG(status.st_mode):
            raise StoreKeyError(key)
        return status

    def _make_folder(self, folder: Path) -> None:
        """Make ``folder`` and its parents readable for web servers that run as another user.

        Private stores are protected by the permissions of a folder above ``root``.
        """
        if folder.is_dir():
            return
        if folder == self.root:
            folder.parent.mkdir(parents=True, exist_ok=True)
        else:
            self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _fill(out: BinaryIO, data: bytes | BinaryIO) -> None:
    if isinstance(data, bytes):
        out.write(data)
    else:
        shutil.copyfileobj(data, out, BLOCK)


def _keys(folder: Path, prefix: str) -> Iterator[str]:
    """The keys below ``folder``, sorted as strings: ``a-b/1`` comes before ``a/1``."""
    try:
        entries = {
            f"{entry.name}/" if entry.is_dir() else entry.name: entry
            for entry in os.scandir(folder)
        }
    except (FileNotFoundError, NotADirectoryError):
        return
    for name, entry in sorted(entries.items()):
        if name.endswith("/"):
            yield from _keys(Path(entry.path), prefix + name)
        elif not name.startswith(_ASIDE):
            yield prefix + name


@contextlib.contextmanager
def _missing_as_key_error(key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SUCH_FILE:
            raise StoreKeyError(key) from None
        raise


def _open_without_waiting(path: str, flags: int) -> int:
    """Open without blocking, in case the path is a named pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
