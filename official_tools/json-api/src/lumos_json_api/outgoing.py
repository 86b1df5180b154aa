"""From data and token to what is sent: a query or a JSON body, and the headers."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

__all__ = ["read_headers", "with_query", "write_json"]

_TOKEN = re.compile("[!-~]{1,8000}")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def with_query(url: str, data: Any) -> str:
    """``url`` with the members of ``data`` added to its query.

    A list repeats its name, null leaves it out, and true and false are written in JSON's way.
    Raises ValueError if ``data`` is not an object of such values.
    """
    members = data.items() if isinstance(data, dict) else None
    if members is None:
        raise ValueError(
            "With GET and HEAD, data becomes the query of the URL, so it must be an object such as "
            '{"page": 2}. Use POST to send another kind of value.'
        )
    pairs = [
        (name, _query_value(name, item))
        for name, value in members
        for item in (value if isinstance(value, list) else [value])
        if item is not None
    ]
    parts = _split(url)
    query = "&".join(filter(None, (parts.query, urlencode(pairs))))
    return urlunsplit(parts._replace(query=query))


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url.strip())
    except ValueError as error:
        raise ValueError(f"The URL {url[:60]!r} is malformed: {error}. Correct it.") from None


def _query_value(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise ValueError(
        f"data.{name} holds an object or a nested list, which has no form in a query. "
        "Flatten it, or send it with POST."
    )


def write_json(data: Any) -> str:
    """``data`` as JSON text; raises ValueError if it has none."""
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"data cannot be written as JSON: {error}. Use objects, lists, strings, finite "
            "numbers, true, false and null."
        ) from None


def read_headers(url: str, auth_token: str | None) -> dict[str, str]:
    """The headers to send; raises ValueError if the token cannot or must not be sent."""
    headers = {"Accept": "application/json", "User-Agent": "lumos-json-api/1.0"}
    if auth_token:
        headers["Authorization"] = f"Bearer {_read_token(url, auth_token)}"
    return headers


def _read_token(url: str, auth_token: str) -> str:
    token = auth_token.strip()
    if token.lower().startswith("bearer "):
        token = token[7:].strip()
    if not _TOKEN.fullmatch(token):
        raise ValueError(
            "auth_token holds blanks, control characters or characters beyond ASCII, which no "
            "bearer token has. Check that it was copied whole and alone."
        )
    parts = _split(url)
    if parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
        raise ValueError(
            "auth_token would travel over http, where anybody on the way can read it. "
            "Use https, or leave the token out."
        )
    return token
