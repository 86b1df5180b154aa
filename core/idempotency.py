"""A retried write gets the first answer and changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import Conflict, Invalid
from core.models import RememberedAnswer
from core.rendering import OrjsonRenderer

#: No web process works longer on one request.
LONGEST_REQUEST = dt.timedelta(minutes=5)


def remember(view: APIView, request: Request, key: str) -> None:
    """Make ``view`` answer a repeated write with the first answer.

    The draft "The Idempotency-Key HTTP Header Field" of the IETF: the same key with another
    request is 422, while the first still runs 409.
    """
    if len(key) > 128:
        raise Invalid(
            "idempotency_key",
            "The Idempotency-Key is longer than 128 characters.",
            suggestion="Use a UUID.",
        )
    digest = _fingerprint(request)
    # What a killed process left without an answer was rolled back with it: it may run again.
    unanswered = RememberedAnswer.objects.filter(user=request.user, key=key, status=None)
    unanswered.filter(created_at__lt=timezone.now() - LONGEST_REQUEST).delete()
    try:
        with transaction.atomic():
            row = RememberedAnswer.objects.create(user=request.user, key=key, request=digest)
    except IntegrityError:
        row = RememberedAnswer.objects.get(user=request.user, key=key)
        handler = _replay(row, digest)
    else:
        handler = _recorded(getattr(view, str(request.method).lower()), row)
    setattr(view, str(request.method).lower(), handler)


def _fingerprint(request: Request) -> str:
    whole = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not isinstance(request.data, QueryDict):  # JSON, of whatever shape
        whole.update(orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS))
        return whole.hexdigest()
    for name, values in sorted(request.data.lists()):
        for value in values:
            whole.update(f"{name}=".encode())
            parts = value.chunks() if isinstance(value, UploadedFile) else [str(value).encode()]
            for part in parts:
                whole.update(part)
            if isinstance(value, UploadedFile):
                value.seek(0)
    return whole.hexdigest()


def _replay(row: RememberedAnswer, digest: str) -> Callable[..., HttpResponse]:
    if row.request != digest:
        raise Invalid(
            "idempotency_key_reused",
            "This Idempotency-Key was used for a different request.",
            suggestion="Use a new key for a new request.",
        )
    if row.status is None:
        raise Conflict(
            "request_in_progress",
            "The first request with this key still runs.",
            suggestion="Wait a moment and send it again.",
        )

    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(row.body, status=row.status, content_type="application/json")
        response["Idempotency-Replayed"] = "true"
        return response

    return answer


def _recorded(method: Callable[..., Response], row: RememberedAnswer) -> Callable[..., Response]:
    def answer(*args: Any, **kwargs: Any) -> Response:
        try:
            with transaction.atomic():  # the change and its answer: both stand or neither
                response = method(*args, **kwargs)
                row.status = response.status_code
                row.body = OrjsonRenderer().render(response.data).decode()
                row.save(update_fields=["status", "body"])
        except BaseException:
            row.delete()  # nothing was done: the same key may try again
            raise
        return response

    return answer
