"""The function: a text in, its digest out."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Literal

from lumos_hash_generator.algorithms import ALGORITHMS, WEAK

__all__ = ["MAX_BYTES", "HashDigest", "hash_generator"]

MAX_BYTES = 50_000_000

Algorithm = Literal[
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "sha3_224",
    "sha3_256",
    "sha3_384",
    "sha3_512",
    "shake_128",
    "shake_256",
    "blake2b",
    "blake2s",
    "crc32",
    "adler32",
]


@dataclass(frozen=True)
class HashDigest:
    """The digest of a text.

    Attributes:
        digest: The digest, written as ``encoding`` says.
        algorithm: The algorithm that made it.
        encoding: "hex" or "base64".
        digest_bits: The length of the digest in bits.
        input_bytes: The length of the text in UTF-8.
        collision_resistant: False for algorithms that guard against accidents only.
    """

    digest: str
    algorithm: str
    encoding: str
    digest_bits: int
    input_bytes: int
    collision_resistant: bool


def hash_generator(
    input: str,
    algorithm: Algorithm = "sha256",
    encoding: Literal["hex", "base64"] = "hex",
) -> HashDigest:
    """Compute the hash of a text.

    The text is hashed as UTF-8, with no line break added. md5, sha1 and the checksums crc32 and
    adler32 tell accidental changes only: use sha256 or better where somebody could cheat. No
    algorithm here is meant for passwords, which need a slow one such as Argon2.

    Args:
        input: The text to hash, at most 50,000,000 bytes in UTF-8.
        algorithm: The algorithm. shake_128 gives 32 bytes and shake_256 gives 64.
        encoding: How to write the digest: lower-case hexadecimal, or base64 with padding.

    Returns:
        The digest with its length.

    Raises:
        ValueError: The algorithm or the encoding is not known, or the text is too long or has no
            form in UTF-8.
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(
            f"The algorithm {algorithm!r} is not known. Choose one of: {', '.join(ALGORITHMS)}."
        )
    if encoding not in ("hex", "base64"):
        raise ValueError(f"The encoding {encoding!r} is not known. Choose hex or base64.")
    data = _encoded(input)
    digest = ALGORITHMS[algorithm](data)
    return HashDigest(
        digest=digest.hex() if encoding == "hex" else b64encode(digest).decode(),
        algorithm=algorithm,
        encoding=encoding,
        digest_bits=len(digest) * 8,
        input_bytes=len(data),
        collision_resistant=algorithm not in WEAK,
    )


def _encoded(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"The input has half of a surrogate pair at character {error.start + 1}, which UTF-8 "
            "cannot write. Remove that character."
        ) from None
    if len(data) > MAX_BYTES:
        raise ValueError(
            f"The input has {len(data):,} bytes, more than the {MAX_BYTES:,} that are hashed at "
            "once. Hash its parts one by one."
        )
    return data
