"""Recorded HTTP: the answers that an example's server gives inside the sandbox.

The file is a JSON array of ``{"request": {"method", "path", "headers"?, "body"?}, "response":
{"status", "headers"?, "body" | "body_base64"}}``. ``path`` includes the query. A request matches if
method and path are equal and every header and the body that are given are equal too.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lumos.package.strictjson import InvalidJSON, loads

__all__ = ["Exchange", "InvalidRecording", "parse_recording"]

MAX_EXCHANGES = 200
MAX_CHARACTERS = 4 * 1024 * 1024
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The replaying server frames its answers itself.
_FRAMING = ("connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "trailer")


class InvalidRecording(ValueError):
    """A recording that cannot be replayed; the message says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. Header names are lower case; ``request_body`` may be ``None``."""

    method: str
    path: str
    status: int
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def parse_recording(text: str) -> tuple[Exchange, ...]:
    """Read a recording; raises :class:`InvalidRecording`."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidRecording(f"it has more than {MAX_CHARACTERS:,} characters")
    try:
        document = loads(text)
    except InvalidJSON as error:
        raise InvalidRecording(f"it is not JSON: {error}") from None
    if not isinstance(document, list) or not 1 <= len(document) <= MAX_EXCHANGES:
        raise InvalidRecording(f"it must be an array of 1 to {MAX_EXCHANGES} exchanges")
    return tuple(_exchange(item, f"item {number}") for number, item in enumerate(document, 1))


def _exchange(item: Any, place: str) -> Exchange:
    both = _object(item, place, ("request", "response"))
    request = _object(both.get("request"), f"{place}, request", _REQUEST)
    response = _object(both.get("response"), f"{place}, response", _RESPONSE)
    method, path, status = request.get("method"), request.get("path"), response.get("status")
    if method not in _METHODS:
        raise InvalidRecording(f"{place}: the method must be one of {', '.join(_METHODS)}")
    if not isinstance(path, str) or not re.fullmatch(r"/[!-~]*", path):
        raise InvalidRecording(f"{place}: the path must begin with / and be encoded")
    if type(status) is not int or not 200 <= status <= 599:
        raise InvalidRecording(f"{place}: the status must be a number from 200 to 599")
    return Exchange(
        method=method,
        path=path,
        status=status,
        request_headers=_headers(request.get("headers", {}), place),
        request_body=request.get("body"),
        headers=_answer_headers(response, place),
        body=_body(response, place),
    )


_REQUEST = ("method", "path", "headers", "body")
_RESPONSE = ("status", "headers", "body", "body_base64")


def _object(value: Any, place: str, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidRecording(f"{place} must be an object")
    for key in value:
        if key not in keys:
            raise InvalidRecording(f"{place}: the key {key[:40]!r} is not one of {', '.join(keys)}")
    return value


def _headers(value: Any, place: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InvalidRecording(f"{place}: headers must be an object")
    for name, text in value.items():
        is_text = isinstance(text, str) and not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text)
        if not _TOKEN.fullmatch(name) or not is_text:
            raise InvalidRecording(f"{place}: {name[:40]!a} is not a header with a text")
    return {name.lower(): text for name, text in value.items()}


def _answer_headers(response: Mapping[str, Any], place: str) -> dict[str, str]:
    headers = _headers(response.get("headers", {}), place)
    headers = {name: text for name, text in headers.items() if name not in _FRAMING}
    if isinstance(response.get("body"), (dict, list)):
        headers.setdefault("content-type", "application/json")
    return headers


def _body(response: Mapping[str, Any], place: str) -> bytes:
    """Text as UTF-8, JSON as JSON, or base64."""
    if "body" in response and "body_base64" in response:
        raise InvalidRecording(f"{place}: give body or body_base64")
    if "body_base64" in response:
        try:
            return base64.b64decode(response["body_base64"], validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise InvalidRecording(f"{place}: body_base64 is not base64") from None
    body = response.get("body", "")
    if not isinstance(body, str):
        raise InvalidRecording(f"{place}: body must be a string; write JSON as a string")
    return body.encode()
