"""Turn errors into problem documents (RFC 9457, ``application/problem+json``)."""

from __future__ import annotations

import errno
import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.views import set_rollback

from core.errors import DomainError
from lumos.package.masking import Masker, mask
from web.request_guard import MalformedRequest

logger = logging.getLogger("lumos.api")
MALFORMED = gettext_lazy("The request is malformed.")
CONTENT_TYPE = "application/problem+json"
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

#: What to do, by the code of the errors that Django and REST framework raise.
SUGGESTIONS: dict[str, str | Promise] = {
    "not_authenticated": gettext_lazy(
        "Send the header 'Authorization: Bearer lmt_…'. Create a token on your account page, "
        "under Tokens."
    ),
    "authentication_failed": gettext_lazy("Create a new token on your account page, under Tokens."),
    "permission_denied": gettext_lazy("Use a token with the required scope, or ask an owner."),
    "not_found": gettext_lazy(
        "Check the spelling, or search for tools with GET /api/v1/search?q=…"
    ),
    "method_not_allowed": gettext_lazy("See /api/docs/ for the methods of each URL."),
    "not_acceptable": gettext_lazy("Send 'Accept: application/json', or no Accept header."),
    "unsupported_media_type": gettext_lazy(
        "Send JSON with 'Content-Type: application/json'; send a wheel as multipart/form-data."
    ),
    "parse_error": gettext_lazy("Send one JSON document in UTF-8."),
    "throttled": gettext_lazy(
        "Wait for the number of seconds in the Retry-After header, then try again."
    ),
    "invalid": gettext_lazy("Fix the fields listed under 'errors' and try again."),
    "error": gettext_lazy(
        "Try again in a minute. If the error continues, send the request id to the operator."
    ),
}


def problem(
    status: int,
    code: str,
    detail: str | Promise,
    *,
    suggestion: str | Promise,
    title: str | Promise,
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Respond with a problem document. Secrets in ``detail``, ``suggestion`` and ``extra`` are
    masked, because they may quote the request or a package.
    """
    body = {
        "type": f"/docs/errors/#{code}",
        "title": str(title),
        "status": status,
        "code": code,
        "detail": mask(str(detail)),
        "suggestion": mask(str(suggestion)),
        "docs_url": f"/docs/errors/#{code}",
        **Masker().value(extra or {}),
    }
    return HttpResponse(orjson.dumps(body), status=status, content_type=CONTENT_TYPE)


def from_domain(error: DomainError) -> HttpResponse:
    """The problem document of an error that an action raised."""
    response = problem(
        error.status,
        error.code,
        error.detail,
        suggestion=error.suggestion,
        title=_title(error.code, error.title),
        extra=error.extra,
    )
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler; None for an unexpected error (500)."""
    set_rollback()
    if isinstance(error, DomainError):
        return from_domain(error)
    if isinstance(error, RequestDataTooBig):
        return problem(
            413,
            "too_large",
            _("The request body is too large."),
            suggestion=_("Send a smaller request."),
            title="Too large",
        )
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        return _storage_unavailable(error)
    if isinstance(error, BadRequest | SuspiciousOperation | UnreadablePostError):
        return malformed_request(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _from_framework(error)
    return None


def _storage_unavailable(error: OSError) -> HttpResponse:
    logger.error("Could not write to the disk: %s", error)
    response = problem(
        503,
        "storage_unavailable",
        _("The server can't store anything right now: its disk is full or read-only."),
        suggestion=_("Nothing was saved. Try again in a few minutes."),
        title="Storage unavailable",
    )
    response["Retry-After"] = "120"
    return response


def _from_framework(error: exceptions.APIException) -> HttpResponse:
    # An error may have its own suggestion, and the header that its status requires.
    code = str(getattr(error, "code", None) or error.default_code)
    extra: dict[str, Any] = {}
    if isinstance(error, exceptions.ValidationError):
        extra["errors"] = error.detail
        first = _first_of(error.detail)
        detail = _("Some fields are missing or invalid. %(first)s") % {"first": first}
        detail = detail.strip()
    else:
        detail = str(error.detail)
    suggestion = getattr(error, "suggestion", None) or SUGGESTIONS.get(code, SUGGESTIONS["error"])
    response = problem(
        error.status_code,
        code,
        detail,
        suggestion=suggestion,
        title=_title(code, HTTPStatus(error.status_code).phrase),
        extra=extra,
    )
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(math.ceil(wait))
    return response


def _title(code: str, otherwise: str | Promise) -> str:
    """A short summary of the kind of problem (RFC 9457), made from its code."""
    return code.replace("_", " ").capitalize() if "_" in code else str(otherwise)


def _first_of(errors: Any, name: str = "") -> str:
    """The first error message, preceded by its field's name."""
    while isinstance(errors, dict | list) and errors:
        if isinstance(errors, dict):
            name, errors = next(iter(errors.items()))
        else:
            errors = errors[0]
    message = "" if isinstance(errors, dict | list) else str(errors)
    return f"{name}: {message}" if name and message else message


def not_found(request: HttpRequest) -> HttpResponse:
    """The problem document for an unknown API URL."""
    return problem(
        404,
        "not_found",
        _("%(path)s doesn't exist.") % {"path": request.path},
        suggestion=_("See /api/docs/ for all URLs."),
        title="Not found",
    )


def malformed_request(error: Exception) -> HttpResponse:
    """The problem document for a request with invalid text, an unknown Host or too many fields."""
    return problem(
        400,
        "parse_error",
        str(error) if isinstance(error, MalformedRequest) else MALFORMED,
        suggestion=_("Send text in UTF-8 without NUL characters, and only the fields needed."),
        title="Parse error",
    )


def busy() -> HttpResponse:
    """The problem document for a request body that was not read for lack of a slot."""
    return problem(
        503,
        "busy",
        _("Too many uploads are in progress."),
        suggestion=_("Wait for the number of seconds in the Retry-After header, then try again."),
        title="Busy",
    )


def database_unavailable() -> HttpResponse:
    """The problem document for a request that needs the database while it is unavailable."""
    return problem(
        503,
        "database_unavailable",
        _("The database is unavailable."),
        suggestion=_(
            "Wait for the number of seconds in the Retry-After header, then try again. You can "
            "still install tools."
        ),
        title="Database unavailable",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """The problem document for an unexpected error, with the request id that the log shows."""
    return problem(
        500,
        "error",
        _("An unexpected error occurred on the server."),
        suggestion=SUGGESTIONS["error"],
        title="Internal error",
        extra={"request_id": getattr(request, "request_id", "")},
    )
