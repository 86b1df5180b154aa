"""The contract of a store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

_PART = re.compile(r"(?!\.\.?$)[A-Za-z0-9_.+-]+")


class StoreKeyError(KeyError):
    """Nothing is stored under that key, or the key is not one."""


class Store(Protocol):
    """Bytes under keys such as ``files/ab/abcd…/name.whl``. A put is atomic and durable."""

    def put(self, key: str, data: bytes) -> None:
        """Store ``data``; a reader sees the old bytes or the new ones, never a part."""

    def put_file(self, key: str, source: Path) -> None:
        """Store a file's bytes, without holding them in memory."""

    def get(self, key: str) -> bytes:
        """The bytes; raises StoreKeyError."""

    def local_path(self, key: str) -> Path:
        """A file on this machine with the bytes, for readers that need one; StoreKeyError."""

    def exists(self, key: str) -> bool:
        """Whether something is stored under the key."""

    def delete(self, key: str) -> None:
        """Remove it; nothing happens where it is not there."""

    def remove_leftovers(self, older_than: float) -> None:
        """Remove what killed writers left half written more than so many seconds ago."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key under a folder-like prefix, in order."""


def checked(key: str) -> str:
    """The key itself; raises StoreKeyError for anything that could leave the store."""
    if not key or not all(_PART.fullmatch(part) for part in key.split("/")):
        raise StoreKeyError(key)
    return key
