"""Write and delete a review."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalog import render
from catalog.models import Tool
from core import audit
from core.errors import Invalid, NotFound
from core.jobs import enqueue
from reviews.models import MAX_STARS, MAX_TEXT, MIN_STARS, Review
from reviews.policies import check_review


def write_review(*, by: User, tool: Tool, stars: int, text: str) -> Review:
    """Write or replace ``by``'s review of ``tool``, and update the tool's average.

    Raises Invalid for stars outside 1..5 or a text of more than 4000 characters, Forbidden for
    the tool's own publishers.
    """
    check_review(by, tool)
    text = text.strip()
    if not MIN_STARS <= stars <= MAX_STARS:
        raise Invalid(
            "stars",
            _("%(stars)s is not a valid rating.") % {"stars": stars},
            suggestion=_("Give one to five stars."),
        )
    if len(text) > MAX_TEXT:
        raise Invalid(
            "review_too_long",
            _("The review has %(length)s characters; the maximum is %(limit)s.")
            % {"length": len(text), "limit": MAX_TEXT},
            suggestion=_("Shorten it."),
        )
    with transaction.atomic():
        locked = _locked(tool)
        now = timezone.now()
        values = {"stars": stars, "text": text, "updated_at": now}
        review, _created = Review.objects.update_or_create(
            tool=tool, user=by, defaults=values, create_defaults={**values, "created_at": now}
        )
        _count(locked)
        audit.record(by=by, action="review.write", target=tool.full_name, stars=stars)
    return review


def delete_review(*, by: User, tool: Tool) -> None:
    """Delete ``by``'s review of ``tool``; raises NotFound if there is none."""
    with transaction.atomic():
        locked = _locked(tool)
        deleted, _rows = Review.objects.filter(tool=tool, user=by).delete()
        if not deleted:
            raise NotFound(
                "review_not_found",
                _("You haven't reviewed %(tool)s.") % {"tool": tool.full_name},
                suggestion=_("Check that you are signed in with the right account."),
            )
        _count(locked)
        audit.record(by=by, action="review.delete", target=tool.full_name)


def _locked(tool: Tool) -> Tool:
    """Lock the tool's row until the transaction ends, so that concurrent reviews all count."""
    return Tool.objects.select_for_update().get(pk=tool.pk)


def _count(tool: Tool) -> None:
    """Update the tool's rating, its rendered documents and the search index."""
    totals = Review.objects.filter(tool=tool).aggregate(count=Count("pk"), sum=Sum("stars"))
    tool.rating_count = totals["count"]
    tool.rating_sum = totals["sum"] or 0
    tool.rating_average = tool.rating_sum / tool.rating_count if tool.rating_count else None
    tool.save(update_fields=["rating_count", "rating_sum", "rating_average"])
    render.refresh(tool)
    enqueue("search.index_tool", tool.pk, queue="index", key=str(tool.pk))
