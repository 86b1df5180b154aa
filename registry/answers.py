"""Answers of the static tree as values; no framework."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.slots import RETRY_AFTER

Headers = list[tuple[str, str]]

READS = "GET, HEAD, OPTIONS"
IMMUTABLE = "public, max-age=31536000, immutable"
#: Kept by caches, but asked about again each time: a yank is seen at once.
FRESH = "public, max-age=0, must-revalidate"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status line's code and words, headers, and the body's blocks."""

    status: str
    headers: Headers = field(default_factory=list)
    body: Iterable[bytes] = ()


def problem(
    status: str, code: str, detail: str, suggestion: str, *headers: tuple[str, str]
) -> Answer:
    """A problem document (RFC 9457), in the form that the API has too."""
    number, _, title = status.partition(" ")
    document = {
        "type": f"/docs/errors/#{code}",
        "title": title,
        "status": int(number),
        "code": code,
        "detail": detail,
        "suggestion": suggestion,
        "docs_url": f"/docs/errors/#{code}",
    }
    body = json.dumps(document).encode()
    return Answer(
        status,
        [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", FRESH),
            *headers,
        ],
        [body],
    )


def missing(path: str) -> Answer:
    """404 for a path of the tree where nothing stands."""
    kind = path.split("/", 2)[1]
    suggestion = {
        "simple": "Look at the spelling: the package of acme/web-search is acme-web-search. "
        "/simple/ lists every package; packages from elsewhere need their own index.",
        "index": "Look at the spelling: /index/acme/web-search.json tells about acme/web-search. "
        "Search with GET /api/v1/search?q=…",
        "files": "Take the address from the tool's document below /index/: a file is removed when "
        "its release is quarantined or deleted.",
    }[kind]
    return problem("404 Not Found", "not_found", f"There is nothing at {path}.", suggestion)


def not_allowed(method: str) -> Answer:
    """405: the tree is only read."""
    return problem(
        "405 Method Not Allowed",
        "method_not_allowed",
        f"{method} is not possible here.",
        "These are files: use GET or HEAD. Publish with POST /api/v1/publications.",
        ("Allow", READS),
    )


def unreadable() -> Answer:
    """503: the disk fails us."""
    return problem(
        "503 Service Unavailable",
        "tree_unreadable",
        "The registry's files cannot be read.",
        "Try again in a moment; if it stays, tell the operator.",
        ("Retry-After", "5"),
    )


def busy() -> Answer:
    """503: as many as we can wait for take long files already."""
    return problem(
        "503 Service Unavailable",
        "busy",
        "Too many long downloads are on their way.",
        "Ask again when the seconds of the Retry-After header are over.",
        ("Retry-After", str(RETRY_AFTER)),
    )


def unsatisfiable(size: int) -> Answer:
    """416: the range begins behind the last of ``size`` bytes.

    No cache may keep it: under the same address others ask for the whole file.
    """
    return Answer(
        "416 Range Not Satisfiable",
        [
            ("Content-Range", f"bytes */{size}"),
            ("Content-Length", "0"),
            ("Cache-Control", "no-store"),
            ("Accept-Ranges", "bytes"),
        ],
    )


def options() -> Answer:
    """What a browser asks before it reads from another site."""
    return Answer(
        "204 No Content",
        [
            ("Allow", READS),
            ("Access-Control-Allow-Methods", READS),
            ("Access-Control-Allow-Headers", "*"),
            ("Access-Control-Max-Age", "86400"),
        ],
    )


def redirect(status: str, location: str) -> Answer:
    """To another address."""
    return Answer(
        status,
        [("Location", location), ("Cache-Control", FRESH), ("Content-Length", "0")],
    )
