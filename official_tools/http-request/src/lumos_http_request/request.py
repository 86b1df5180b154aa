"""From the caller's words to a request that is safe to send."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from lumos_http_request.limits import MAX_HEADERS, MAX_REQUEST_BYTES, MAX_URL, RequestError

__all__ = ["METHODS", "Request", "Target", "read_request", "read_target"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_PORTS = {"http": 80, "https": 443}
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_VALUE = re.compile(r"[\t -~\x80-\U0010ffff]{0,8000}")
_BLANK = re.compile(r"[\x00-\x20\x7f]")
_NAME = re.compile(r"(?=.{1,254}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9._-]{1,32})?")
_FRAMING = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "proxy-authorization", "proxy-connection"}
)
_PATH_SAFE = "%/:=&?~#+!$,;'@()*[]"
_OWN_HEADERS = {
    "user-agent": "lumos-http-request/1.0",
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
}


@dataclass(frozen=True)
class Target:
    """Where a request goes: a URL in ASCII, taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host.lower(), self.port


@dataclass(frozen=True)
class Request:
    """A request that may be sent; header names are in lower case."""

    method: str
    target: Target
    headers: Mapping[str, str]
    body: bytes


def read_request(method: str, url: str, headers: Mapping[str, str] | None, body: str) -> Request:
    """Check what the caller wants; raises RequestError."""
    verb = method.upper()
    if verb not in METHODS:
        raise RequestError(
            f"The method {method[:40]!r} cannot be sent. Choose one of: {', '.join(METHODS)}."
        )
    data = body.encode(errors="replace")
    if len(data) > MAX_REQUEST_BYTES:
        raise RequestError(
            f"The body has {len(data):,} bytes, more than the {MAX_REQUEST_BYTES:,} that are sent. "
            "Send it in parts."
        )
    if data and verb in ("GET", "HEAD"):
        raise RequestError(f"A {verb} request has no body. Put the data into the URL, or use POST.")
    return Request(verb, read_target(url), _read_headers(headers or {}, data), data)


def read_target(url: str) -> Target:
    """Where a URL leads; raises RequestError if it is not http or https, or is malformed."""
    text = url.strip()
    if len(text) > MAX_URL or _BLANK.search(text):
        raise RequestError(
            f"The URL {text[:60]!r} holds blanks or control characters, or is longer than "
            f"{MAX_URL} characters. Write a blank as %20."
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise RequestError(f"The URL {text[:60]!r} is malformed: {error}. Correct it.") from None
    if parts.scheme not in _PORTS:
        raise RequestError(
            f"The URL {text[:60]!r} is not one of http or https, and nothing else is requested. "
            "Write it out, such as https://example.org/."
        )
    if "@" in parts.netloc:
        raise RequestError(
            "The URL holds a user name or a password, which logs would show. Send them in the "
            'header "Authorization" instead.'
        )
    port = _PORTS[parts.scheme] if port is None else port
    return Target(parts.scheme, _read_host(parts), port, _read_path(parts))


def _read_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            host = ""
    if not (_IPV6 if ":" in host else _NAME).fullmatch(host):
        raise RequestError(
            f"The URL {parts.geturl()[:60]!r} names no host that can be looked up. "
            "Write one, such as https://example.org/."
        )
    return host


def _read_path(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe=_PATH_SAFE)


def _read_headers(given: Mapping[str, str], body: bytes) -> dict[str, str]:
    if len(given) > MAX_HEADERS:
        raise RequestError(f"There are more than {MAX_HEADERS} headers. Send fewer.")
    headers = dict(_OWN_HEADERS)
    if body:
        headers["content-type"] = "application/json" if _is_json(body) else _PLAIN
    for name, value in given.items():
        _check_header(name, value)
        headers[name.lower()] = value.strip()
    return headers


_PLAIN = "text/plain; charset=utf-8"


def _check_header(name: str, value: str) -> None:
    if not _TOKEN.fullmatch(name):
        raise RequestError(
            f"The header name {name[:40]!r} is malformed. Use letters, digits and hyphens."
        )
    if name.lower() in _FRAMING:
        raise RequestError(
            f"The header {name} belongs to the connection, which this tool keeps itself. "
            "Leave it out."
        )
    if not _VALUE.fullmatch(value):
        raise RequestError(
            f"The value of the header {name} holds a line break or another control character, or "
            "is longer than 8000 characters. A line break would begin a header of its own: "
            "remove it."
        )


def _is_json(body: bytes) -> bool:
    if body.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
