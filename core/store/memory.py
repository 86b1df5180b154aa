"""A store in memory, for tests: the same promises, gone with the process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.store.base import StoreKeyError, checked


class MemoryStore:
    """A dict with the contract of Store."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="lumos-store-"))

    def put(self, key: str, data: bytes) -> None:
        """See Store.put."""
        self._data[checked(key)] = bytes(data)

    def put_file(self, key: str, source: Path) -> None:
        """See Store.put_file."""
        self.put(key, source.read_bytes())

    def get(self, key: str) -> bytes:
        """See Store.get."""
        try:
            return self._data[checked(key)]
        except KeyError:
            raise StoreKeyError(key) from None

    def local_path(self, key: str) -> Path:
        """See Store.local_path."""
        path = self._folder / key.replace("/", "+")
        path.write_bytes(self.get(key))
        return path

    def exists(self, key: str) -> bool:
        """See Store.exists."""
        return checked(key) in self._data

    def delete(self, key: str) -> None:
        """See Store.delete."""
        self._data.pop(checked(key), None)

    def remove_leftovers(self, older_than: float) -> None:
        """See Store.remove_leftovers; a write to a dict leaves none."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See Store.keys."""
        start = f"{checked(prefix)}/" if prefix else ""
        yield from sorted(key for key in self._data if key.startswith(start))
