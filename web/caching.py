"""Cache-Control and compression of responses.

A response is anonymous if neither the request nor the response identifies a user. Only anonymous
responses may be stored by shared caches and compressed: they contain no secrets, so their
compressed length reveals none (the BREACH attack).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

_Handler = Callable[[HttpRequest], HttpResponseBase]

#: Browsers revalidate each time; a shared cache may serve the page for 15 s.
PAGE = "public, max-age=0, s-maxage=15"
#: Not stored by shared caches, since each response states the caller's own rate limits.
API = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-cache"
#: Not even stored by the user's browser, which may be shared.
NO_STORE = "no-store, private"

COMPRESSED_TYPES = ("text/", "application/json", "application/xml", "application/problem+json")
#: Smaller responses (bytes) are not compressed.
MIN_COMPRESSED = 1000
GZIP_LEVEL = 4
_GZIP = re.compile(r"(?:^|[,\s])(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?(?:[,\s]|$))[\d.]+\s*)?(?:,|$)")


def cache_control(get_response: _Handler) -> _Handler:
    """Middleware that sets Cache-Control unless the view did."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith(tuple(settings.NEVER_KEPT)):
            response["Cache-Control"] = NO_STORE
        if not response.has_header("Cache-Control") and request.method in ("GET", "HEAD"):
            if _is_anonymous(request, response):
                patch_vary_headers(response, ("Cookie", "Authorization"))
                response["Cache-Control"] = API if request.path.startswith("/api/") else PAGE
            else:
                response["Cache-Control"] = PRIVATE
        return response

    return handle


def compression(get_response: _Handler) -> _Handler:
    """Middleware that compresses anonymous responses; equal bytes get equal ETags."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponse) and _may_be_compressed(response):
            patch_vary_headers(response, ("Accept-Encoding",))
            if _GZIP.search(request.headers.get("Accept-Encoding", "")):
                response.content = gzip.compress(response.content, GZIP_LEVEL, mtime=0)
                response["Content-Encoding"] = "gzip"
                response["Content-Length"] = str(len(response.content))
        return response

    return handle


def _is_anonymous(request: HttpRequest, response: HttpResponseBase) -> bool:
    identifying = {
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        CookieStorage.cookie_name,
    }
    return (
        response.status_code == 200
        and not identifying & request.COOKIES.keys()
        and "Authorization" not in request.headers
        and not response.cookies
        and "nonce-" not in response.get("Content-Security-Policy", "")
    )


def _may_be_compressed(response: HttpResponse) -> bool:
    return (
        response.get("Cache-Control", "").startswith("public")
        and response.get("Content-Type", "").startswith(COMPRESSED_TYPES)
        and not response.has_header("Content-Encoding")
        and len(response.content) >= MIN_COMPRESSED
    )
