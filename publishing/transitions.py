"""Move a publication from state to state."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from core import audit
from core.jobs import enqueue
from lumos.package.names.reserved import OFFICIAL_NAMESPACE
from publishing.models import Publication
from publishing.moderation import cases
from publishing.states import TRANSITIONS, State


def enqueue_check(publication: Publication, queue: str) -> None:
    """Enqueue the next check; the queue is shared fairly among uploaders."""
    # All official tools are published by one account and are exempt from that.
    is_official = publication.namespace.name == OFFICIAL_NAMESPACE
    enqueue(
        "publishing.advance",
        str(publication.pk),
        queue=queue,
        key=str(publication.pk),
        account="" if is_official else str(publication.uploader_id),
    )


class Superseded(Exception):
    """The publication's state was changed by another worker, or it was canceled."""


def move(publication: Publication, to: State, **values: object) -> None:
    """Change the state if it is still the known one; raises Superseded otherwise.

    Into and out of review, call it in a transaction: the moderators' case follows in the same one.
    """
    source = State(publication.state)
    if to not in TRANSITIONS[source]:
        raise Superseded(f"No transition from {source} to {to}")
    moved = Publication.objects.filter(pk=publication.pk, state=source).update(state=to, **values)
    if not moved:
        raise Superseded(f"The state is no longer {source}")
    publication.state = to
    cases.follow(publication, source, to, approved=bool(values.get("overruled")))


def settle(publication: Publication, verdict: State, *, reasons: list[str]) -> None:
    """Move to a settled state with its reasons, write the audit row and mail the uploader."""
    with transaction.atomic():
        move(publication, verdict, reasons=reasons, finished_at=timezone.now())
        audit.record(
            by=None,
            action=f"publication.{verdict}",
            target=publication.tool_name,
            version=publication.version,
            reasons=reasons,
        )
        if not publication.dry_run:
            enqueue("publishing.mail_verdict", str(publication.pk), queue="mail")
