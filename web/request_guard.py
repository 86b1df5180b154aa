"""Reject requests with text that is not UTF-8 or contains NUL, before any view runs.

PostgreSQL does not store NUL characters, and other charsets can produce text that UTF-8 cannot
encode (lone surrogates). Checking here means that no query, form or document has to. ADR 0010
explains why this overrides two private methods of Django's WSGIRequest.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls.converters import IntConverter
from django.utils.translation import gettext as _

_CHARSETS = ("utf-8", "ascii")


class IdConverter(IntConverter):
    """A path converter for primary keys; longer numbers are 404 instead of a database error."""

    regex = "[0-9]{1,18}"


class MalformedRequest(BadRequest):
    """The request is malformed (400); the message may be shown to the client."""


class GuardedRequest(WSGIRequest):
    """A request that accepts any Content-Type header at first and rejects NUL in forms.

    An empty Host header counts as none; Django then uses the server's name.
    """

    has_invalid_type = False
    _encoding: str | None
    _post: QueryDict

    def __init__(self, environ: dict[str, Any]) -> None:
        if not environ.get("HTTP_HOST", "none given"):
            del environ["HTTP_HOST"]  # granian adds it to HTTP/1.0 requests, e.g. health checks
        super().__init__(environ)

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        # Django calls this outside its exception handling, so an error here would be a 500.
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
            self.has_invalid_type = not _is_known(self._encoding)
        except (ValueError, LookupError):
            self.has_invalid_type = True
        if self.has_invalid_type:
            self.content_type, self.content_params = "", {}
            self._encoding = "utf-8"
            self.__dict__.pop("GET", None)

    def _load_post_and_files(self) -> None:
        super()._load_post_and_files()
        texts = (text for name, values in self._post.lists() for text in (name, *values))
        if _have_nul(texts):
            self._mark_post_parse_error()  # type: ignore[attr-defined]
            raise MalformedRequest(_("The form contains a NUL character."))


def get_application() -> WSGIHandler:
    """Like Django's ``get_wsgi_application``, but with GuardedRequest."""
    import django  # noqa: PLC0415 - importing this module must not set up Django

    django.setup(set_prefix=False)
    handler = WSGIHandler()
    handler.request_class = GuardedRequest
    return handler


def reject_malformed(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that rejects malformed URLs, cookies and Content-Type headers."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "has_invalid_type", False):
            raise MalformedRequest(
                _("The Content-Type header is invalid, or its charset is not UTF-8.")
            )
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or _have_nul((request.path_info, query)):
            raise MalformedRequest(_("The URL contains a NUL character (%00)."))
        if _have_nul(request.COOKIES.values()):
            raise MalformedRequest(_("A cookie contains a NUL character."))
        return get_response(request)

    return handle


def _is_known(charset: str | None) -> bool:
    return charset is None or codecs.lookup(charset).name in _CHARSETS


def _have_nul(texts: Iterable[str]) -> bool:
    return any("\0" in text for text in texts)
