"""Errors at the edge: RFC 9457 ``application/problem+json``, in one place."""

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
from rest_framework import exceptions
from rest_framework.views import set_rollback

from core.errors import DomainError
from lumos.package.masking import mask
from web.request_guard import OddRequest

logger = logging.getLogger("lumos.api")
NO_CLIENT_OF_OURS = "The request is not one that a client of ours would send."
CONTENT_TYPE = "application/problem+json"
_NO_PLACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

#: What to try, for the errors that the framework raises itself.
SUGGESTIONS: dict[str, str] = {
    "not_authenticated": "Send the header 'Authorization: Bearer lmt_…'. Make a token on your "
    "account page under Tokens.",
    "authentication_failed": "Make a new token on your account page under Tokens.",
    "permission_denied": "Use a token with the scope that this needs, or ask an owner.",
    "not_found": "Look at the spelling; GET /api/v1/search?q=… finds tools by words.",
    "method_not_allowed": "The API's description at /api/docs/ lists what each address takes.",
    "not_acceptable": "Send 'Accept: application/json', or no Accept header at all.",
    "unsupported_media_type": "Send JSON with 'Content-Type: application/json'; a wheel is sent "
    "as multipart/form-data.",
    "parse_error": "Send one JSON document in UTF-8.",
    "throttled": "Wait as long as the Retry-After header says.",
    "invalid": "Mend the fields listed under 'errors' and send it again.",
    "error": "Try again in a moment; if it stays, tell the operator the request id.",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    suggestion: str,
    title: str,
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A problem document as a response."""
    body = {
        "type": f"/docs/errors/#{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": mask(detail),  # it may repeat what was sent
        "suggestion": suggestion,
        "docs_url": f"/docs/errors/#{code}",
        **(extra or {}),
    }
    return HttpResponse(orjson.dumps(body), status=status, content_type=CONTENT_TYPE)


def from_domain(error: DomainError) -> HttpResponse:
    """The document of an error that an action raised."""
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
    """REST framework's exception handler: every error leaves as a problem document."""
    set_rollback()
    if isinstance(error, DomainError):
        return from_domain(error)
    if isinstance(error, RequestDataTooBig):
        return problem(
            413,
            "too_large",
            "The request's body is too large.",
            suggestion="Send less at once.",
            title="Too large",
        )
    if isinstance(error, OSError) and error.errno in _NO_PLACE:
        return _no_place(error)
    if isinstance(error, BadRequest | SuspiciousOperation | UnreadablePostError):
        return odd_request(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _from_framework(error)
    return None


def _no_place(error: OSError) -> HttpResponse:
    logger.error("the disk takes nothing: %s", error)
    response = problem(
        503,
        "storage_unavailable",
        "The marketplace cannot store anything just now: its disk is full or read-only.",
        suggestion="Try again in a few minutes; nothing was kept of this request.",
        title="Storage unavailable",
    )
    response["Retry-After"] = "120"
    return response


def _from_framework(error: exceptions.APIException) -> HttpResponse:
    # An error may carry the header that its status asks for and its own advice.
    code = str(getattr(error, "code", None) or error.default_code)
    extra: dict[str, Any] = {}
    if isinstance(error, exceptions.ValidationError):
        extra["errors"] = error.detail
        detail = f"Some of the input is missing or wrong. {_first_of(error.detail)}".strip()
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


def _title(code: str, otherwise: str) -> str:
    """The kind of problem in a few words, as RFC 9457 wants it: more than the status says."""
    return code.replace("_", " ").capitalize() if "_" in code else otherwise


def _first_of(errors: Any, name: str = "") -> str:
    """The first field's message, with the field's name before it."""
    while isinstance(errors, dict | list) and errors:
        if isinstance(errors, dict):
            name, errors = next(iter(errors.items()))
        else:
            errors = errors[0]
    said = "" if isinstance(errors, dict | list) else str(errors)
    return f"{name}: {said}" if name and said else said


def not_found(request: HttpRequest) -> HttpResponse:
    """The document for an API address that nobody serves."""
    return problem(
        404,
        "not_found",
        f"There is nothing at {request.path}.",
        suggestion="The API's description at /api/docs/ lists every address.",
        title="Not found",
    )


def odd_request(error: Exception) -> HttpResponse:
    """The document for a request that is not HTTP as clients speak it: odd texts, a wrong Host."""
    return problem(
        400,
        "parse_error",
        str(error) if isinstance(error, OddRequest) else NO_CLIENT_OF_OURS,
        suggestion="Send texts in UTF-8 without NUL characters, and no more fields than needed.",
        title="Parse error",
    )


def busy() -> HttpResponse:
    """The document for a body that there is no place to wait for."""
    return problem(
        503,
        "busy",
        "Too many uploads arrive at this moment.",
        suggestion="Send it again when the seconds of the Retry-After header are over.",
        title="Busy",
    )


def database_unavailable() -> HttpResponse:
    """The document for a request that the database was needed for while it is away."""
    return problem(
        503,
        "database_unavailable",
        "The marketplace's database does not answer at this moment.",
        suggestion="Send it again when the seconds of the Retry-After header are over; installing "
        "tools works meanwhile.",
        title="Database unavailable",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """The document for a fault of ours; the request id finds it in the log."""
    return problem(
        500,
        "error",
        "The marketplace failed to answer; it is not your fault.",
        suggestion=SUGGESTIONS["error"],
        title="Internal error",
        extra={"request_id": getattr(request, "request_id", "")},
    )
