"""Responses of the static file server as values. Does not import Django."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.slots import RETRY_AFTER

Headers = list[tuple[str, str]]

READS = "GET, HEAD, OPTIONS"
IMMUTABLE = "public, max-age=31536000, immutable"
#: Caches must revalidate each time, so that a yank is visible at once.
FRESH = "public, max-age=0, must-revalidate"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: the status line, headers and body."""

    status: str
    headers: Headers = field(default_factory=list)
    body: Iterable[bytes] = ()


def problem(
    status: str, code: str, detail: str, suggestion: str, *headers: tuple[str, str]
) -> Answer:
    """A problem document (RFC 9457), as in the API."""
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
    """404: the file does not exist."""
    kind = path.split("/", 2)[1]
    suggestion = {
        "simple": "Check the spelling: the package of acme/web-search is acme-web-search. "
        "/simple/ lists every package. Get other packages from their own index.",
        "index": "Check the spelling: the document of acme/web-search is "
        "/index/acme/web-search.json. Search with GET /api/v1/search?q=…",
        "files": "Use the address in the tool's document below /index/. A file is removed when "
        "its release is quarantined or deleted.",
    }[kind]
    return problem("404 Not Found", "not_found", f"{path} doesn't exist.", suggestion)


def not_allowed(method: str) -> Answer:
    """405: only GET, HEAD and OPTIONS are allowed."""
    return problem(
        "405 Method Not Allowed",
        "method_not_allowed",
        f"{method} isn't allowed here.",
        "These are files: use GET or HEAD. Publish with POST /api/v1/publications.",
        ("Allow", READS),
    )


def unreadable() -> Answer:
    """503: the disk cannot be read."""
    return problem(
        "503 Service Unavailable",
        "tree_unreadable",
        "The registry's files cannot be read.",
        "Try again in a moment. If the error persists, tell the operator.",
        ("Retry-After", "5"),
    )


def busy() -> Answer:
    """503: too many long downloads are in progress."""
    return problem(
        "503 Service Unavailable",
        "busy",
        "Too many long downloads are in progress.",
        "Try again after the number of seconds in the Retry-After header.",
        ("Retry-After", str(RETRY_AFTER)),
    )


def unsatisfiable(size: int) -> Answer:
    """416: the range starts after the last of ``size`` bytes.

    Caches must not store it, because the same URL serves the whole file to other clients.
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
    """The response to a CORS preflight request."""
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
    """A redirect."""
    return Answer(
        status,
        [("Location", location), ("Cache-Control", FRESH), ("Content-Length", "0")],
    )
