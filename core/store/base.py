"""The interface of a store."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

_PART = re.compile(r"(?!\.\.?$)[A-Za-z0-9_.+-]+")
#: Bytes held in memory while a file is copied.
BLOCK = 1 << 20


class StoreKeyError(KeyError):
    """The key does not exist or is malformed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An open object, unaffected by a later put or delete.

    ``modified`` is in seconds since 1970. ``version`` changes whenever the bytes may have changed.
    """

    stream: BinaryIO  # seekable
    size: int
    modified: float
    version: Hashable

    def __enter__(self) -> Stored:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()


class Store(Protocol):
    """Bytes under keys such as ``files/ab/abcd…/name.whl``.

    Implementations provide the first seven methods and raise StoreKeyError for a missing or
    malformed key. tests/core/test_store.py tests the contract for each of them.
    """

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """Store ``data`` atomically and durably: readers see the old bytes or the new ones.

        A stream is copied from its current position, in blocks.
        """

    def open(self, key: str) -> Stored:
        """Open the bytes for reading; the caller closes the result."""

    def get_to_file(self, key: str, path: Path) -> None:
        """Write the bytes to ``path``, for programs that need a file on this machine."""

    def size(self, key: str) -> int:
        """The size in bytes."""

    def modified(self, key: str) -> float:
        """The time of the last put, in seconds since 1970."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """All keys below a folder, sorted; keys added during the iteration may be missing."""

    def delete(self, key: str) -> None:
        """Remove the key; no error if it does not exist."""

    def get(self, key: str) -> bytes:
        """All the bytes; for small documents."""
        with self.open(key) as stored:
            return stored.stream.read()

    def exists(self, key: str) -> bool:
        """Whether the key exists; raises StoreKeyError if it is malformed."""
        checked(key)
        try:
            self.size(key)
        except StoreKeyError:
            return False
        return True

    def remove_leftovers(self, older_than: float) -> None:
        """Remove temporary files that are older than ``older_than`` seconds; by default, none."""
        return


def checked(key: str) -> str:
    """Return ``key``; raises StoreKeyError for a key that could lead outside the store."""
    if not key or not all(_PART.fullmatch(part) for part in key.split("/")):
        raise StoreKeyError(key)
    return key
