"""Idempotency keys: a retried write gets the first answer and changes nothing.

The key's row and the change are saved in one transaction. If the process is killed in between,
neither is saved, so a retry either gets the stored answer or runs again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Conflict, Invalid
from core.models import RememberedAnswer
from web.rendering import OrjsonRenderer


def answer_once(request: Request, key: str, answer: Callable[[], Response]) -> HttpResponse:
    """Return ``answer()`` the first time a user sends ``key``, and the stored answer afterwards.

    ``answer`` runs in a transaction together with the key's row. As in the IETF draft "The
    Idempotency-Key HTTP Header Field", raises Invalid (422) if the key was used for another request
    and Conflict (409) while the first request runs.
    """
    if len(key) > 128:
        raise Invalid(
            "idempotency_key",
            _("The Idempotency-Key is longer than 128 characters."),
            suggestion=_("Use a UUID."),
        )
    digest = _fingerprint(request)
    with transaction.atomic():
        _lock(request.user.pk, key)
        row, is_first = _row(request, key, digest)
        if not is_first:
            return _replay(row, digest)
        response = answer()
        row.status = response.status_code
        row.body = OrjsonRenderer().render(response.data).decode()
        row.save(update_fields=["status", "body"])
        return response


def _fingerprint(request: Request) -> str:
    whole = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not isinstance(request.data, QueryDict):  # JSON
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


def _lock(user_id: int, key: str) -> None:
    """Lock the key until the end of the transaction; raises Conflict while another request runs.

    PostgreSQL releases the lock with the transaction, even if the process is killed. On SQLite,
    the second transaction waits for the first one anyway.
    """
    if connection.vendor != "postgresql":
        return
    name = hashlib.sha256(f"idempotency {user_id} {key}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])
        if not cursor.fetchone()[0]:
            raise Conflict(
                "request_in_progress",
                _("The first request with this key is still running."),
                suggestion=_("Wait a few seconds and send it again."),
            )


def _row(request: Request, key: str, digest: str) -> tuple[RememberedAnswer, bool]:
    """The key's row, and whether this request created it."""
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
            _("This Idempotency-Key was used for a different request."),
            suggestion=_("Use a new key for each new request."),
        )
    response = HttpResponse(row.body, status=row.status, content_type="application/json")
    response["Idempotency-Replayed"] = "true"
    return response
