"""Conditional requests, ranges and content negotiation for files (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

HTML = "text/html"
SIMPLE_HTML = "application/vnd.pypi.simple.v1+html"
SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"

#: The media type served for each one that a client may name (PEP 691).
_FORMATS = {
    SIMPLE_JSON: SIMPLE_JSON,
    "application/vnd.pypi.simple.latest+json": SIMPLE_JSON,
    SIMPLE_HTML: SIMPLE_HTML,
    "application/vnd.pypi.simple.latest+html": SIMPLE_HTML,
    HTML: HTML,
    "text/*": HTML,
    "*/*": HTML,
}
#: Positions with more than 18 digits are treated as malformed.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\s*", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?("[^"]*")')


def simple_format(accept: str, wanted: str = "") -> str:
    """The media type of a simple page: from ``?format=`` if it names one, else from Accept.

    With equal quality, the first one named wins. HTML is the default, also if the client accepts
    neither format, as PEP 691 allows.
    """
    if wanted in _FORMATS:
        return _FORMATS[wanted]
    best, best_quality = HTML, 0.0
    for media, quality in _accepted(accept):
        if quality > best_quality and media in _FORMATS:
            best, best_quality = _FORMATS[media], quality
    return best


def _accepted(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = _quality(parameter[2:])
        yield media, quality


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def not_modified(etag: str, modified: int, if_none_match: str, if_modified_since: str) -> bool:
    """Whether the client's copy is current; ``modified`` is in seconds since 1970."""
    if if_none_match:
        tags = _TAG.findall(if_none_match)
        return if_none_match.strip() == "*" or etag in tags
    since = _time(if_modified_since)
    return since is not None and modified <= since


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from ``start`` up to, not including, ``end``."""

    start: int
    end: int


class Unsatisfiable(ValueError):
    """The range starts after the end of the file."""


def requested_span(text: str, size: int, if_range: str, etag: str, modified: int) -> Span | None:
    """The requested range, or None for the whole file.

    Several ranges, malformed ranges and those whose If-Range does not match return the whole
    file, as RFC 9110 allows. Raises Unsatisfiable.
    """
    match = _RANGE.fullmatch(text)
    if not match or (if_range and not _still(if_range, etag, modified)):
        return None
    first, last = match.groups()
    if not first:
        if not last:
            return None
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise Unsatisfiable
    return Span(start, end)


def _still(if_range: str, etag: str, modified: int) -> bool:
    if if_range.startswith('"'):
        return if_range.strip() == etag
    return _time(if_range) == modified  # a weak tag is not a time, so it does not match


def _time(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
