"""Following redirects without carrying secrets to strangers."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urljoin

from lumos_http_request.connection import is_public, open_socket
from lumos_http_request.exchange import Answer, exchange
from lumos_http_request.limits import MAX_REDIRECTS, TOTAL_SECONDS, Deadline, RequestError
from lumos_http_request.request import Request, read_target

__all__ = ["send"]

_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_ANYBODY = frozenset(
    {"accept", "accept-encoding", "accept-language", "cache-control", "content-type", "range"}
    | {"user-agent"}
)


def send(request: Request) -> tuple[Answer, list[str]]:
    """The final answer and the URLs that were requested on the way, the last one at the end.

    Raises RequestError.
    """
    deadline = Deadline()
    visited: list[str] = []
    only_public = False
    while True:
        visited.append(request.target.url)
        try:
            connected = open_socket(request.target, deadline, only_public=only_public)
            only_public = only_public or is_public(connected)
            answer = exchange(request, connected, deadline)
        except (OSError, http.client.HTTPException) as error:
            raise _explain(request, error) from None
        location = answer.headers.get("location", "")
        if answer.status not in _REDIRECTS or not location:
            return answer, visited
        if len(visited) > MAX_REDIRECTS:
            raise RequestError(
                f"The server redirects more than {MAX_REDIRECTS} times, the last time to "
                f"{location[:100]!r}. Request the final address itself."
            )
        request = _next(request, answer.status, location)


def _next(request: Request, status: int, location: str) -> Request:
    """The request that follows a redirect, by the rules that browsers keep."""
    target = read_target(urljoin(request.target.url, location))
    if request.target.scheme == "https" and target.scheme == "http":
        raise RequestError(
            f"The server redirects from https to {target.url[:100]!r}, where anybody on the way "
            "can read along. Request that address itself if you want it."
        )
    method, body, headers = request.method, request.body, dict(request.headers)
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        method, body = "GET", b""
        headers.pop("content-type", None)
    if target.origin != request.target.origin:
        headers = {name: value for name, value in headers.items() if name in _FOR_ANYBODY}
    return Request(method, target, headers, body)


def _explain(request: Request, error: Exception) -> RequestError:
    where = request.target.authority
    if isinstance(error, socket.gaierror):
        return RequestError(
            f"The host {request.target.host!r} cannot be found. Check its spelling and the network."
        )
    if isinstance(error, TimeoutError):
        return RequestError(
            f"{where} did not answer within {TOTAL_SECONDS:.0f} seconds. Try again later, or ask "
            "for less."
        )
    if isinstance(error, ConnectionRefusedError):
        return RequestError(
            f"Nothing answers at {where}. Check the port, and whether the server runs."
        )
    if isinstance(error, ValueError) or type(error).__module__ == "ssl":
        reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
        return RequestError(
            f"No secure connection to {where}: {reason}. Check the address and the clock of this "
            "machine."
        )
    if isinstance(error, http.client.HTTPException):
        kind = type(error).__name__
        return RequestError(
            f"{where} does not answer in HTTP that can be read ({kind}). "
            "Check the port and whether it wants https."
        )
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return RequestError(f"The connection to {where} broke: {reason}. Try again.")
