"""Reads the body of an HTTP response, with a limit on the decoded size.

A few hundred kB of gzip can unpack to a gigabyte, so nothing here decompresses more than the
limit, and nothing reads more than the limit from the connection.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2

from lumos.client.errors import IntegrityError, LumosError, NetworkError

__all__ = ["ENCODINGS", "read_body", "shown", "too_big"]

ENCODINGS = "gzip"
"""The accepted encoding. Others are refused, and so are several in a row."""
_CHUNK = 64 * 1024
_GZIP = 31
"""zlib's ``wbits`` for the gzip format."""


def read_body(response: httpx2.Response, limit: int) -> bytes:
    """The decoded body, at most ``limit`` bytes of it; raises :class:`LumosError`."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    chunks = _limited(response, limit)
    if encoding in ("", "identity"):
        return b"".join(chunks)
    if encoding not in ("gzip", "x-gzip"):
        raise _unreadable(response, f'its encoding "{encoding:.40}" is not supported')
    return _unzipped(response, chunks, limit)


def _limited(response: httpx2.Response, limit: int) -> Iterator[bytes]:
    received = 0
    for chunk in response.iter_raw(_CHUNK):
        received += len(chunk)
        if received > limit:
            raise too_big(str(response.url), limit)
        yield chunk


def _unzipped(response: httpx2.Response, chunks: Iterator[bytes], limit: int) -> bytes:
    decoder, body, received = zlib.decompressobj(_GZIP), bytearray(), 0
    try:
        for chunk in chunks:
            received += len(chunk)
            data = chunk
            while data and not decoder.eof:
                body += decoder.decompress(data, limit + 1 - len(body))
                if len(body) > limit:
                    raise too_big(str(response.url), limit)
                data = decoder.unconsumed_tail
    except zlib.error as error:
        raise _unreadable(response, "its gzip data is damaged") from error
    if received and not decoder.eof:
        raise _unreadable(response, "its gzip data ends too early")
    return bytes(body)


def shown(url: str) -> str:
    """The URL without credentials, query and fragment, for messages."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def too_big(url: str, limit: int) -> LumosError:
    """The error for more than ``limit`` bytes."""
    return IntegrityError(
        f"{shown(url)} is too large.",
        why=f"The server sent more than {limit:,} bytes.",
        hint="Nothing was saved. Report this to the operator of the registry.",
    )


def _unreadable(response: httpx2.Response, why: str) -> LumosError:
    return NetworkError(
        f"The response of {shown(str(response.url))} cannot be read.",
        why=f"The server answered {response.status_code}, but {why}.",
        hint="Check LUMOS_REGISTRY. If it is right, report this to the operator of the registry.",
    )
