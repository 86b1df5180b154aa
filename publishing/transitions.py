"""From one state to the next: by compare-and-set, with an audit row at the end."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from core import audit
from core.jobs import enqueue
from lumos.package.names.reserved import OFFICIAL_NAMESPACE
from publishing.models import Publication
from publishing.states import TRANSITIONS, State


def enqueue_check(publication: Publication, queue: str) -> None:
    """Have the next check done, in the uploader's turn: nobody's uploads hold up everybody's."""
    # The operator's own tools are published by one account and need no turns.
    is_official = publication.namespace.name == OFFICIAL_NAMESPACE
    enqueue(
        "publishing.advance",
        str(publication.pk),
        queue=queue,
        key=str(publication.pk),
        account="" if is_official else str(publication.uploader_id),
    )


class Superseded(Exception):
    """The publication moved on meanwhile: somebody else did the step, or it was cancelled."""


def move(publication: Publication, to: State, **values: object) -> None:
    """Change the state by compare-and-set; raises Superseded where it is no longer what we saw."""
    source = State(publication.state)
    if to not in TRANSITIONS[source]:
        raise Superseded(f"no way from {source} to {to}")
    moved = Publication.objects.filter(pk=publication.pk, state=source).update(state=to, **values)
    if not moved:
        raise Superseded(f"no longer {source}")
    publication.state = to


def settle(publication: Publication, verdict: State, *, reasons: list[str]) -> None:
    """End the publication with a verdict, its reasons, an audit row and its follow-ups."""
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
