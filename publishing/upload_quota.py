"""How much of the marketplace one account may fill with uploads that are not live."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import User
from core.errors import TooMany
from publishing.models import Publication, PublicationQuerySet
from publishing.states import IN_FLIGHT, State

#: A refused upload is kept so long, for an appeal.
APPEAL_TIME = dt.timedelta(days=30)


def bytes_kept(publications: PublicationQuerySet) -> int:
    """What they take: for the checks, for a moderator, or for an appeal."""
    refused = Q(state=State.REJECTED, finished_at__gte=timezone.now() - APPEAL_TIME)
    kept = publications.filter(Q(state__in=[*IN_FLIGHT, State.HELD]) | refused)
    return int(kept.aggregate(bytes=Sum("size"))["bytes"] or 0)


def check_room(by: User, size: int) -> None:
    """Raises TooMany where ``by`` has too many uploads in flight, or too many bytes kept."""
    mine = Publication.objects.filter(uploader=by)
    waiting = mine.in_flight().count()
    if waiting >= settings.UPLOADS_IN_FLIGHT:
        raise TooMany(
            "too_many_in_flight",
            f"You have {waiting} uploads whose checks are not done, which is the most at a time.",
            suggestion="Wait for their verdicts, or cancel some of them.",
        )
    kept = bytes_kept(mine)
    if kept + size > settings.UPLOAD_BYTES_KEPT:
        raise TooMany(
            "too_much_kept",
            f"Your refused, held and waiting uploads have {kept:,} bytes, and "
            f"{settings.UPLOAD_BYTES_KEPT:,} are the most.",
            suggestion="Refused uploads are forgotten after 30 days. Try `lumos check` first, "
            "which uploads nothing.",
        )
