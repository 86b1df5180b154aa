"""The verbs on publications, for the page, the API, the admin and the terminal."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.policies import check_publish_in, check_token_covers
from core import audit
from core.errors import Conflict, Invalid
from core.store import private_store
from publishing.models import Publication
from publishing.policies import check_moderator
from publishing.states import State
from publishing.transitions import Superseded, enqueue_check, move, settle


def cancel(*, by: User, publication: Publication, token: ApiToken | None = None) -> None:
    """Stop a publication that has no verdict yet; its version is free again."""
    _check_publisher(by, publication, token)
    try:
        with transaction.atomic():
            move(
                publication,
                State.CANCELLED,
                finished_at=timezone.now(),
                reasons=["Cancelled by its publisher."],
            )
            audit.record(
                by=by,
                action="publication.cancelled",
                target=publication.tool_name,
                version=publication.version,
            )
    except Superseded:
        publication.refresh_from_db()
        raise Conflict(
            "already_settled",
            f"This publication is {publication.state} already.",
            suggestion="A live release can be yanked instead.",
        ) from None


def appeal(*, by: User, publication: Publication, text: str, token: ApiToken | None = None) -> None:
    """Ask a moderator to look at a rejected publication; it holds its version again."""
    _check_publisher(by, publication, token)
    if not text.strip():
        raise Invalid(
            "appeal_empty", "An appeal needs a reason.", suggestion="Say why the finding is wrong."
        )
    if not private_store().exists(publication.upload_key):
        raise Conflict(
            "no_appeal",
            "This publication can no longer be appealed: its bytes were kept for 30 days.",
            suggestion="Publish it again; its version is free.",
        )
    try:
        with transaction.atomic():
            move(
                publication,
                State.HELD,
                finished_at=None,
                reasons=[*publication.reasons, f"Appeal: {text.strip()[:2000]}"],
            )
            audit.record(
                by=by,
                action="publication.appeal",
                target=publication.tool_name,
                version=publication.version,
                text=text[:2000],
            )
    except (Superseded, IntegrityError):
        raise Conflict(
            "no_appeal",
            "This publication cannot be appealed: it is not rejected, or "
            "its version was taken by another upload since.",
            suggestion="Publish a new version.",
        ) from None


def check_again(*, by: User, publication: Publication) -> None:
    """A moderator sends a held publication through the checks once more."""
    check_moderator(by)
    with transaction.atomic():
        move(publication, State.VALIDATING, reasons=[], finished_at=None, overruled=False)
        audit.record(by=by, action="publication.check-again", target=publication.tool_name)
        enqueue_check(publication, "publish")


def release_held(*, by: User, publication: Publication) -> None:
    """A moderator lets a held publication go on: the checks run again, and hold it no more.

    What must never be false still refuses: only verdicts are overruled, no archive rule, no
    constraint.
    """
    check_moderator(by)
    with transaction.atomic():
        move(publication, State.VALIDATING, reasons=[], finished_at=None, overruled=True)
        audit.record(
            by=by,
            action="publication.release-held",
            target=publication.tool_name,
            version=publication.version,
        )
        enqueue_check(publication, "publish")


def reject(*, by: User, publication: Publication, reason: str) -> None:
    """A moderator refuses a held publication."""
    check_moderator(by)
    with transaction.atomic():
        settle(publication, State.REJECTED, reasons=[*publication.reasons, reason])
        audit.record(
            by=by, action="publication.moderate", target=publication.tool_name, reason=reason
        )


def _check_publisher(by: User, publication: Publication, token: ApiToken | None) -> None:
    check_publish_in(by, publication.namespace.name)
    check_token_covers(token, publication.tool_name)
