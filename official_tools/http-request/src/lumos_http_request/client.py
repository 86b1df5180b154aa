"""The function: a request in, the answer out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from lumos_http_request.redirects import send
from lumos_http_request.request import read_request
from lumos_http_request.text import read_body

__all__ = ["HttpResponse", "http_request"]


@dataclass(frozen=True)
class HttpResponse:
    """A server's answer.

    Attributes:
        status: The status code, such as 200 or 404.
        reason: The words beside it, such as "OK"; may be empty.
        url: The URL that answered, after all redirects.
        headers: The headers by their names in lower case; values of one name are joined by commas
            (those of set-cookie by line breaks).
        body: The body as text, or as base64 if it is not text.
        body_encoding: "text" or "base64".
        charset: The character encoding that the text was read in; empty for base64.
        size: The size of the body in bytes, decompressed.
        elapsed_ms: How long it took, in milliseconds.
        redirects: The URLs that were requested before, in their order.
    """

    status: int
    reason: str
    url: str
    headers: dict[str, str]
    body: str
    body_encoding: str
    charset: str
    size: int
    elapsed_ms: float
    redirects: list[str]


def http_request(
    url: str,
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET",
    headers: dict[str, str] | None = None,
    body: str = "",
) -> HttpResponse:
    """Send an HTTP or HTTPS request and return the answer, whatever its status is.

    Redirects are followed up to five times, never from https to http, never from a public server
    into a private network, and without the caller's secrets to another host. The whole takes at
    most 30 seconds, and the answer may have up to 10 MiB.

    Args:
        url: The URL, with http:// or https:// in front.
        method: What to do at the URL: GET reads, POST sends, PUT and PATCH change, DELETE removes.
        headers: Headers to send, by their names. The connection's own, such as Host and
            Content-Length, are set by the tool.
        body: The text to send, as UTF-8; empty for none. Without a Content-Type header it is sent
            as application/json if it is a JSON object or array, else as text/plain.

    Returns:
        The answer with its status, headers and body.

    Raises:
        ValueError: The request is malformed, the server cannot be reached or does not answer in
            time, or the answer is too large.
    """
    request = read_request(method, url, headers, body)
    started = time.perf_counter()
    answer, visited = send(request)
    elapsed = (time.perf_counter() - started) * 1000
    text, charset = read_body(answer.body, answer.headers.get("content-type", ""))
    return HttpResponse(
        status=answer.status,
        reason=answer.reason,
        url=visited[-1],
        headers=dict(answer.headers),
        body=text,
        body_encoding="text" if charset else "base64",
        charset=charset,
        size=len(answer.body),
        elapsed_ms=round(elapsed, 1),
        redirects=visited[:-1],
    )
