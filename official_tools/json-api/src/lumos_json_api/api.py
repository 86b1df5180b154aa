"""The function: a call in, the parsed answer out."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from lumos_http_request import HttpResponse, http_request

from lumos_json_api.outgoing import read_headers, with_query, write_json

__all__ = ["JsonApiResponse", "json_api"]

_EXCERPT = 2000
_SUCCESS = range(200, 300)


@dataclass(frozen=True)
class JsonApiResponse:
    """The answer of a JSON API.

    Attributes:
        status: The status code, such as 200 or 404.
        ok: Whether the status says success (200 to 299).
        url: The URL that answered, after all redirects.
        data: The parsed JSON; null if the answer is empty.
        text: The beginning of an error answer that is not JSON; else empty.
        headers: The headers of the answer by their names in lower case.
        elapsed_ms: How long it took, in milliseconds.
    """

    status: int
    ok: bool
    url: str
    data: Any
    text: str
    headers: dict[str, str]
    elapsed_ms: float


def json_api(
    url: str,
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET",
    data: Any = None,
    auth_token: str | None = None,
) -> JsonApiResponse:
    """Call a JSON API and return its parsed answer.

    An error status is an answer like any other: look at ``ok``. Requests are sent by the
    http-request tool, with its limits on time, size and redirects.

    Args:
        url: The URL of the API, with https:// or http:// in front.
        method: What to do at the URL: GET reads, POST sends, PUT and PATCH change, DELETE removes.
        data: What to send: with GET and HEAD an object that becomes the query of the URL, else any
            JSON value as the body. Leave it out, or null, to send nothing.
        auth_token: The token to sign in with, sent as "Authorization: Bearer". It is refused over
            plain http, except to this machine.

    Returns:
        The status and the parsed JSON.

    Raises:
        ValueError: The call is malformed, the server cannot be reached, or a successful answer is
            not JSON.
    """
    headers = read_headers(url, auth_token)
    body = ""
    if data is not None and method.upper() in ("GET", "HEAD"):
        url = with_query(url, data)
    elif data is not None:
        headers["Content-Type"] = "application/json"
        body = write_json(data)
    response = http_request(url, method, headers, body)
    ok = response.status in _SUCCESS
    parsed, text = _read(response, ok)
    return JsonApiResponse(
        status=response.status,
        ok=ok,
        url=response.url,
        data=parsed,
        text=text,
        headers=response.headers,
        elapsed_ms=response.elapsed_ms,
    )


def _read(response: HttpResponse, ok: bool) -> tuple[Any, str]:
    """The parsed body and, for an error that is not JSON, its text."""
    if not response.body.strip():
        return None, ""
    try:
        return _parse(response), ""
    except (ValueError, RecursionError) as error:
        if not ok:
            return None, response.body[:_EXCERPT] if response.body_encoding == "text" else ""
        kind = response.headers.get("content-type", "no content type")
        raise ValueError(
            f"The server answers {response.status} with {kind}, which is not JSON ({error}). "
            "Check the URL: it may be that of a page for people."
        ) from None


def _parse(response: HttpResponse) -> Any:
    if response.body_encoding != "text":
        raise ValueError("it is not text")
    value = json.loads(response.body, parse_constant=_refuse, parse_float=_read_float)
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("a string holds half of a surrogate pair") from None
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def _read_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is larger than any double")
    return number
