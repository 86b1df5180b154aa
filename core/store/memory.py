"""A store in memory, for tests."""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.store.base import Store, Stored, StoreKeyError, checked


class _Entry(NamedTuple):
    data: bytes
    modified: float
    version: int


class MemoryStore(Store):
    """Keys and bytes in a dictionary, lost when the process ends."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._versions = itertools.count()

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """See Store.put."""
        content = data if isinstance(data, bytes) else data.read()
        self._entries[checked(key)] = _Entry(content, time.time(), next(self._versions))

    def open(self, key: str) -> Stored:
        """See Store.open."""
        entry = self._entry(key)
        return Stored(io.BytesIO(entry.data), len(entry.data), entry.modified, entry.version)

    def get_to_file(self, key: str, path: Path) -> None:
        """See Store.get_to_file."""
        path.write_bytes(self._entry(key).data)

    def size(self, key: str) -> int:
        """See Store.size."""
        return len(self._entry(key).data)

    def modified(self, key: str) -> float:
        """See Store.modified."""
        return self._entry(key).modified

    def list(self, prefix: str = "") -> Iterator[str]:
        """See Store.list."""
        start = f"{checked(prefix)}/" if prefix else ""
        yield from sorted(key for key in self._entries if key.startswith(start))

    def delete(self, key: str) -> None:
        """See Store.delete."""
        self._entries.pop(checked(key), None)

    def _entry(self, key: str) -> _Entry:
        try:
            return self._entries[checked(key)]
        except KeyError:
            raise StoreKeyError(key) from None
