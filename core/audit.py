"""Write to the audit log."""

from __future__ import annotations

from typing import Any

from core.models import AuditEntry


def record(*, by: Any, action: str, target: object, **data: Any) -> None:
    """Record that ``by`` (a user, or None for the system) did ``action`` to ``target``.

    Call it inside the transaction of the change, so that both are saved or neither is.
    """
    AuditEntry.objects.create(actor=by, action=action, target=str(target), data=data)
