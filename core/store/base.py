"""The contract of a store."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

_PART = re.compile(r"(?!\.\.?$)[A-Za-z0-9_.+-]+")
#: How many bytes are held in memory while a file is copied.
BLOCK = 1 << 20


class StoreKeyError(KeyError):
    """Nothing is stored under the key, or the key is malformed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The bytes under a key, open for reading; a later put or delete does not change them.

    ``modified`` is in seconds since 1970. ``version`` differs whenever the bytes may differ.
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

    An implementation writes the first seven methods; a key that is missing or malformed raises
    StoreKeyError. tests/core/test_store.py is the contract as tests.
    """

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """Store ``data``, atomically and durably: a reader sees the old bytes or the new ones.

        A stream is copied from where it stands, and never held in memory as a whole.
        """

    def open(self, key: str) -> Stored:
        """The bytes for reading; the caller closes what it gets."""

    def get_to_file(self, key: str, path: Path) -> None:
        """Write the bytes to ``path``, for programs that need a file on this machine."""

    def size(self, key: str) -> int:
        """How many bytes are stored under the key."""

    def modified(self, key: str) -> float:
        """When the bytes were put, in seconds since 1970."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """Every key below a folder, sorted; keys that are put meanwhile may be missing."""

    def delete(self, key: str) -> None:
        """Remove the bytes; no error if there are none."""

    def get(self, key: str) -> bytes:
        """The bytes as a whole, for small documents."""
        with self.open(key) as stored:
            return stored.stream.read()

    def exists(self, key: str) -> bool:
        """Whether something is stored under the key."""
        checked(key)
        try:
            self.size(key)
        except StoreKeyError:
            return False
        return True

    def remove_leftovers(self, older_than: float) -> None:
        """Remove what killed writers left more than so many seconds ago; by default nothing."""
        return


def checked(key: str) -> str:
    """The key itself; raises StoreKeyError for anything that could leave the store."""
    if not key or not all(_PART.fullmatch(part) for part in key.split("/")):
        raise StoreKeyError(key)
    return key
