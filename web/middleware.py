"""What every answer carries: a request id and the headers of security.md."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.headers import PERMISSIONS_POLICY
from core.slots import RETRY_AFTER
from web import problems

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_Handler = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: _Handler) -> _Handler:
    """Give each request an id (or keep the proxy's), so that an error page can be found again."""

    def handle(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return handle


def security_headers(get_response: _Handler) -> _Handler:
    """The headers that Django has no setting for."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return handle


def unread_bodies(get_response: _Handler) -> _Handler:
    """Whatever a view made of a body without a place: its sender is told so (core.slow_clients)."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        refused = getattr(request.META.get("wsgi.input"), "refused", False)
        return _busy(request) if refused else response

    return handle


def _busy(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        response = problems.busy()
    else:
        response = render(request, "unread.html", {"status": 503}, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response
