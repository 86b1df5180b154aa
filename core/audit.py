"""The audit log's one verb."""

from __future__ import annotations

from typing import Any

from core.models import AuditEntry


def record(*, by: Any, action: str, target: object, **data: Any) -> None:
    """Write who (``by``: a user or None for the system) did ``action`` to ``target``.

    Call it inside the transaction of the change: both stand or neither.
    """
    AuditEntry.objects.create(actor=by, action=action, target=str(target), data=data)
