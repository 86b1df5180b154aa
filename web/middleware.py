"""Middleware: request ids, security headers, and 503 for request bodies that were not read."""

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
    """Set ``request.request_id`` (the proxy's X-Request-Id if valid), which error pages show."""

    def handle(request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-Id", "")
        request.request_id = sent if _ID.fullmatch(sent) else uuid.uuid4().hex  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return handle


def security_headers(get_response: _Handler) -> _Handler:
    """Add the security headers that Django has no setting for."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return handle


def busy_uploads(get_response: _Handler) -> _Handler:
    """Answer 503 if the request body was not read for lack of a slot, see core.slow_clients."""

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
