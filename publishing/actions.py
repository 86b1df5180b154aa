"""Actions on publications: cancel, appeal, and check again; decisions are in moderation."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.policies import check_publish_in, check_token_covers
from core import audit
from core.errors import Conflict, Invalid
from core.store import private_store
from publishing.models import Publication
from publishing.policies import check_moderator
from publishing.states import State
from publishing.transitions import Superseded, enqueue_check, move


def cancel(*, by: User, publication: Publication, token: ApiToken | None = None) -> None:
    """Cancel a publication that is not settled, which frees its version.

    Raises Forbidden, or Conflict if it is already settled.
    """
    _check_publisher(by, publication, token)
    try:
        with transaction.atomic():
            move(
                publication,
                State.CANCELLED,
                finished_at=timezone.now(),
                reasons=[_("Canceled by the publisher.")],
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
            _("This publication is already %(state)s.") % {"state": publication.state},
            suggestion=_("If the release is live, you can yank it instead."),
        ) from None


def appeal(*, by: User, publication: Publication, text: str, token: ApiToken | None = None) -> None:
    """Ask a moderator to review a rejected publication, which reserves its version again.

    Raises Forbidden, Invalid without a text, and Conflict if it cannot be appealed.
    """
    _check_publisher(by, publication, token)
    if not text.strip():
        raise Invalid(
            "appeal_empty",
            _("An appeal needs a reason."),
            suggestion=_("Explain why the finding is wrong."),
        )
    if not private_store().exists(publication.upload_key):
        raise Conflict(
            "no_appeal",
            _("The time for an appeal (30 days) is over, and the upload was deleted."),
            suggestion=_("Publish it again. You can reuse the version."),
        )
    try:
        with transaction.atomic():
            move(
                publication,
                State.HELD,
                finished_at=None,
                reasons=[
                    *publication.reasons,
                    _("Appeal: %(text)s") % {"text": text.strip()[:2000]},
                ],
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
            _(
                "This publication can't be appealed: it was not rejected, or another upload has "
                "used its version since."
            ),
            suggestion=_("Publish a new version."),
        ) from None


def check_again(*, by: User, publication: Publication) -> None:
    """Run the checks of a held publication again; for moderators."""
    check_moderator(by)
    with transaction.atomic():
        move(publication, State.VALIDATING, reasons=[], finished_at=None, overruled=False)
        audit.record(
            by=by,
            action="publication.check-again",
            target=publication.tool_name,
            version=publication.version,
        )
        enqueue_check(publication, "publish")


def _check_publisher(by: User, publication: Publication, token: ApiToken | None) -> None:
    check_publish_in(by, publication.namespace.name)
    check_token_covers(token, publication.tool_name)
