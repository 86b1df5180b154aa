"""Who may keep an answer, and who gets it compressed: whoever gets what every stranger gets.

An answer is a stranger's if the request bears no sign of who asks, and the answer gives none: then
it holds nothing that is secret, so that shared caches may keep it, and its compressed length tells
an eavesdropper nothing (BREACH). Everything else is kept by nobody but the reader.
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

#: Browsers ask again each time and get a 304; a shared cache spares us crowds.
PAGE = "public, max-age=0, s-maxage=15"
#: No shared cache answers for the API, since every answer tells the caller's own limits.
API = "public, max-age=0, must-revalidate"
OTHERS = "private, no-cache"
#: Not even by the reader's own browser, which may be everybody's.
NOBODY = "no-store, private"

COMPRESSED_TYPES = ("text/", "application/json", "application/xml", "application/problem+json")
SHORTEST = 1000
LEVEL = 4
_GZIP = re.compile(r"(?:^|[,\s])(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?(?:[,\s]|$))[\d.]+\s*)?(?:,|$)")


def kept(get_response: _Handler) -> _Handler:
    """Say who may keep the answer, unless the view has said so."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith(tuple(settings.NEVER_KEPT)):
            response["Cache-Control"] = NOBODY
        if not response.has_header("Cache-Control") and request.method in ("GET", "HEAD"):
            if _is_for_strangers(request, response):
                patch_vary_headers(response, ("Cookie", "Authorization"))
                response["Cache-Control"] = API if request.path.startswith("/api/") else PAGE
            else:
                response["Cache-Control"] = OTHERS
        return response

    return handle


def compressed(get_response: _Handler) -> _Handler:
    """Compress what strangers get; the same bytes each time, so that they bear one ETag."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponse) and _may_be_compressed(response):
            patch_vary_headers(response, ("Accept-Encoding",))
            if _GZIP.search(request.headers.get("Accept-Encoding", "")):
                response.content = gzip.compress(response.content, LEVEL, mtime=0)
                response["Content-Encoding"] = "gzip"
                response["Content-Length"] = str(len(response.content))
        return response

    return handle


def _is_for_strangers(request: HttpRequest, response: HttpResponseBase) -> bool:
    signs = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, CookieStorage.cookie_name}
    return (
        response.status_code == 200
        and not signs & request.COOKIES.keys()
        and "Authorization" not in request.headers
        and not response.cookies
        and "nonce-" not in response.get("Content-Security-Policy", "")
    )


def _may_be_compressed(response: HttpResponse) -> bool:
    return (
        response.get("Cache-Control", "").startswith("public")
        and response.get("Content-Type", "").startswith(COMPRESSED_TYPES)
        and not response.has_header("Content-Encoding")
        and len(response.content) >= SHORTEST
    )
