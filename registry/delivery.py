"""Respond with one file of the tree: strong ETag, conditions, ranges, caching, counting."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from core.store.base import Store, Stored
from registry.answers import FRESH, IMMUTABLE, Answer, Headers, unsatisfiable
from registry.conditions import Span, Unsatisfiable, not_modified, requested_span

Environ = dict[str, Any]

BLOCK = 256 * 1024
#: A file up to this size is sent in one piece.
SMALL = 1024 * 1024

_HASHED_INDEX = re.compile(r"index/[^/]+/([0-9a-f]{64})\.[^/]+\.json")
_FILE = re.compile(r"files/[0-9a-f]{2}/([0-9a-f]{64})/[^/]+(\.metadata|\.whl)")
_TYPES = {
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".metadata": "text/plain; charset=utf-8",
}
_digests: dict[Hashable, str] = {}
MOST_DIGESTS = 20_000


@dataclass(frozen=True, slots=True)
class Representation:
    """A file's key in the store, and how the file is presented."""

    key: str
    content_type: str = ""
    negotiated: bool = False  # whether the file depends on the Accept header


def deliver(
    environ: Environ, store: Store, what: Representation, delivered: Callable[[], None]
) -> Answer:
    """The response to a GET or HEAD of the file; ``delivered`` is called when all of it was sent.

    Raises StoreKeyError if nothing is stored under the key.
    """
    stored = store.open(what.key)
    try:
        answer = _answer(environ, what, stored, delivered)
    except BaseException:
        stored.stream.close()
        raise
    if not isinstance(answer.body, Blocks):
        stored.stream.close()
    return answer


def _answer(
    environ: Environ, what: Representation, stored: Stored, delivered: Callable[[], None]
) -> Answer:
    size, modified = stored.size, int(stored.modified)
    etag = _etag(what.key, stored)
    headers = _headers(what, etag, modified)
    get = environ.get
    if not_modified(
        etag, modified, get("HTTP_IF_NONE_MATCH", ""), get("HTTP_IF_MODIFIED_SINCE", "")
    ):
        return Answer("304 Not Modified", headers)
    is_get = environ["REQUEST_METHOD"] == "GET"
    try:
        requested = get("HTTP_RANGE", "") if is_get else ""
        span = requested_span(requested, size, get("HTTP_IF_RANGE", ""), etag, modified)
    except Unsatisfiable:
        return unsatisfiable(size)
    part = span or Span(0, size)
    headers.append(("Content-Length", str(part.end - part.start)))
    if span:
        headers.append(("Content-Range", f"bytes {span.start}-{span.end - 1}/{size}"))
    body = _body(what.key, stored, part, delivered) if is_get else ()
    return Answer("206 Partial Content" if span else "200 OK", headers, body)


def _headers(what: Representation, etag: str, modified: int) -> Headers:
    suffix = PurePosixPath(what.key).suffix
    kind = what.content_type or _TYPES.get(suffix, "application/octet-stream")
    fixed = _FILE.fullmatch(what.key) or _HASHED_INDEX.fullmatch(what.key)
    headers = [
        ("Content-Type", kind),
        ("ETag", etag),
        ("Last-Modified", formatdate(modified, usegmt=True)),
        ("Cache-Control", IMMUTABLE if fixed else FRESH),
        ("Accept-Ranges", "bytes"),
    ]
    return [*headers, ("Vary", "Accept")] if what.negotiated else headers


def _etag(key: str, stored: Stored) -> str:
    """The hash in the key if it has one, else the hash of the content."""
    if match := _FILE.fullmatch(key):
        sha256, suffix = match.groups()
        return f'"{sha256}"' if suffix == ".whl" else f'"{sha256}.metadata"'
    if match := _HASHED_INDEX.fullmatch(key):
        return f'"{match[1]}"'
    if stored.version not in _digests:
        if len(_digests) >= MOST_DIGESTS:
            _digests.clear()
        _digests[stored.version] = hashlib.sha256(stored.stream.read()).hexdigest()[:40]
        stored.stream.seek(0)
    return f'"{_digests[stored.version]}"'


def _body(key: str, stored: Stored, part: Span, delivered: Callable[[], None]) -> Iterable[bytes]:
    whole = part == Span(0, stored.size)
    if part.end - part.start <= SMALL and not key.endswith(".whl"):
        stored.stream.seek(part.start)
        return [stored.stream.read(part.end - part.start)]
    return Blocks(stored.stream, part, delivered if whole else None)


class Blocks:
    """A part of a file in blocks; calls back after the server has read the last one."""

    def __init__(self, stream: BinaryIO, part: Span, delivered: Callable[[], None] | None) -> None:
        self._stream = stream
        self.left = part.end - part.start
        self._delivered = delivered
        stream.seek(part.start)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self._stream.read(min(BLOCK, self.left))
        if block:
            self.left -= len(block)
            return block
        if self.left == 0 and self._delivered:
            self._delivered()
            self._delivered = None
        self._stream.close()
        raise StopIteration

    def close(self) -> None:
        """Called by the WSGI server, possibly before the end."""
        self._stream.close()
