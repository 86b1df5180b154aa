"""Texts are UTF-8 without NUL: whatever else a request brings is refused here, before any view.

PostgreSQL takes no NUL, and a client that names another charset can spell what UTF-8 cannot (lone
surrogates). One check at the door spares every query, form and document its own.
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

_CHARSETS = ("utf-8", "ascii")


class IdConverter(IntConverter):
    """A number that a database's key can be: a longer one is the address of nothing."""

    regex = "[0-9]{1,18}"


class OddRequest(BadRequest):
    """A request that is no text of ours; its words may be shown to the sender (400)."""


class PlainRequest(WSGIRequest):
    """A request that notes a Content-Type which cannot be read, and refuses NUL in forms.

    An empty Host counts as none: the server's own name stands for it then.
    """

    has_odd_type = False
    _encoding: str | None
    _post: QueryDict

    def __init__(self, environ: dict[str, Any]) -> None:
        if not environ.get("HTTP_HOST", "none given"):
            del environ["HTTP_HOST"]  # HTTP/1.0 needs none, as health checks know; granian adds it
        super().__init__(environ)

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        # Django reads the header before its handler stands: what it raises would be our fault.
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
            self.has_odd_type = not _is_known(self._encoding)
        except (ValueError, LookupError):
            self.has_odd_type = True
        if self.has_odd_type:
            self.content_type, self.content_params = "", {}
            self._encoding = "utf-8"
            self.__dict__.pop("GET", None)

    def _load_post_and_files(self) -> None:
        super()._load_post_and_files()
        texts = (text for name, values in self._post.lists() for text in (name, *values))
        if _have_nul(texts):
            self._mark_post_parse_error()  # type: ignore[attr-defined]
            raise OddRequest("The form contains a NUL character.")


def plain_application() -> WSGIHandler:
    """Django, with our request; what ``get_wsgi_application`` is to a site without."""
    import django  # noqa: PLC0415 - as Django itself does, so that importing this starts nothing

    django.setup(set_prefix=False)
    handler = WSGIHandler()
    handler.request_class = PlainRequest
    return handler


def plain(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse what is odd in the address, the cookies and the Content-Type."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "has_odd_type", False):
            raise OddRequest("The Content-Type cannot be read, or names another charset.")
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or _have_nul((request.path_info, query)):
            raise OddRequest("The address contains a NUL character (%00).")
        if _have_nul(request.COOKIES.values()):
            raise OddRequest("A cookie contains a NUL character.")
        return get_response(request)

    return handle


def _is_known(charset: str | None) -> bool:
    return charset is None or codecs.lookup(charset).name in _CHARSETS


def _have_nul(texts: Iterable[str]) -> bool:
    return any("\0" in text for text in texts)
