"""Every algorithm by its name, from bytes to the bytes of the digest."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping

__all__ = ["ALGORITHMS", "WEAK"]


def _hashed(name: str) -> Callable[[bytes], bytes]:
    return lambda data: hashlib.new(name, data, usedforsecurity=False).digest()


def _shake(name: str, size: int) -> Callable[[bytes], bytes]:
    return lambda data: getattr(hashlib, name)(data, usedforsecurity=False).digest(size)


def _checksum(compute: Callable[[bytes], int]) -> Callable[[bytes], bytes]:
    return lambda data: compute(data).to_bytes(4)


ALGORITHMS: Mapping[str, Callable[[bytes], bytes]] = {
    "md5": _hashed("md5"),
    "sha1": _hashed("sha1"),
    "sha224": _hashed("sha224"),
    "sha256": _hashed("sha256"),
    "sha384": _hashed("sha384"),
    "sha512": _hashed("sha512"),
    "sha3_224": _hashed("sha3_224"),
    "sha3_256": _hashed("sha3_256"),
    "sha3_384": _hashed("sha3_384"),
    "sha3_512": _hashed("sha3_512"),
    "shake_128": _shake("shake_128", 32),
    "shake_256": _shake("shake_256", 64),
    "blake2b": _hashed("blake2b"),
    "blake2s": _hashed("blake2s"),
    "crc32": _checksum(zlib.crc32),
    "adler32": _checksum(zlib.adler32),
}

WEAK = frozenset({"md5", "sha1", "crc32", "adler32"})
