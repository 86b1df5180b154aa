"""Limit the uploads of an account that are not published."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import TooMany
from publishing.models import Publication, PublicationQuerySet
from publishing.states import IN_FLIGHT, State

#: How long a rejected upload is kept for an appeal.
APPEAL_TIME = dt.timedelta(days=30)


def bytes_kept(publications: PublicationQuerySet) -> int:
    """The size of stored uploads: those being checked, held, or kept for an appeal."""
    rejected = Q(state=State.REJECTED, finished_at__gte=timezone.now() - APPEAL_TIME)
    stored = publications.filter(Q(state__in=[*IN_FLIGHT, State.HELD]) | rejected)
    return int(stored.aggregate(bytes=Sum("size"))["bytes"] or 0)


def check_quota(by: User, size: int) -> None:
    """Raises TooMany if ``by`` has too many uploads in progress or bytes stored."""
    mine = Publication.objects.filter(uploader=by)
    in_progress = mine.in_flight().count()
    if in_progress >= settings.UPLOADS_IN_FLIGHT:
        raise TooMany(
            "too_many_in_flight",
            _("You have %(count)s uploads in progress, which is the maximum.")
            % {"count": in_progress},
            suggestion=_("Wait for their results, or cancel some of them."),
        )
    stored = bytes_kept(mine)
    if stored + size > settings.UPLOAD_BYTES_KEPT:
        raise TooMany(
            "too_much_kept",
            _(
                "Your uploads that are not published use %(kept)s bytes. The maximum is "
                "%(limit)s bytes."
            )
            % {"kept": f"{stored:,}", "limit": f"{settings.UPLOAD_BYTES_KEPT:,}"},
            suggestion=_(
                "Rejected uploads are deleted after 30 days. To check a package without uploading "
                "it, use `lumos check`."
            ),
        )
