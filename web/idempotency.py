"""A retried write gets the first answer and changes nothing.

The key's row and the change it stands for are one transaction. A process that is killed in
between leaves neither, so a retry either replays the answer or starts over, at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse, QueryDict
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import Conflict, Invalid
from core.models import RememberedAnswer
from web.rendering import OrjsonRenderer


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
    name = str(request.method).lower()
    if not hasattr(view, name):
        return  # the framework answers 405
    setattr(view, name, _once(getattr(view, name), request, key, _fingerprint(request)))


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


def _once(
    method: Callable[..., Response], request: Request, key: str, digest: str
) -> Callable[..., HttpResponse]:
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            _lock(request.user.pk, key)
            row, is_first = _row(request, key, digest)
            if not is_first:
                return _replay(row, digest)
            response = method(*args, **kwargs)
            row.status = response.status_code
            row.body = OrjsonRenderer().render(response.data).decode()
            row.save(update_fields=["status", "body"])
            return response

    return answer


def _lock(user_id: int, key: str) -> None:
    """One request with this key at a time. Raises Conflict while another one runs.

    PostgreSQL releases the lock with the transaction, however its process ends. On SQLite a
    second request waits for the first one's transaction anyway.
    """
    if connection.vendor != "postgresql":
        return
    name = hashlib.sha256(f"idempotency {user_id} {key}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])
        if not cursor.fetchone()[0]:
            raise Conflict(
                "request_in_progress",
                "The first request with this key still runs.",
                suggestion="Wait a moment and send it again.",
            )


def _row(request: Request, key: str, digest: str) -> tuple[RememberedAnswer, bool]:
    """The key's row, and whether this request has just made it."""
    mine = RememberedAnswer.objects.filter(user=request.user, key=key)
    mine.filter(status=None).delete()  # left by a version that committed the row before the change
    try:
        with transaction.atomic():
            return RememberedAnswer.objects.create(user=request.user, key=key, request=digest), True
    except IntegrityError:
        return mine.get(), False


def _replay(row: RememberedAnswer, digest: str) -> HttpResponse:
    if row.request != digest:
        raise Invalid(
            "idempotency_key_reused",
            "This Idempotency-Key was used for a different request.",
            suggestion="Use a new key for a new request.",
        )
    response = HttpResponse(row.body, status=row.status, content_type="application/json")
    response["Idempotency-Replayed"] = "true"
    return response
