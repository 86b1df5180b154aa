"""Write and delete a review."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import User
from catalog import render
from catalog.models import Tool
from core import audit
from core.errors import Invalid, NotFound
from core.jobs import enqueue
from reviews.models import MAX_STARS, MAX_TEXT, MIN_STARS, Review
from reviews.policies import check_review


def write_review(*, by: User, tool: Tool, stars: int, text: str) -> Review:
    """Write or replace ``by``'s review of ``tool``; the tool's average follows at once.

    Raises Invalid for stars outside 1..5 or a text of more than 4000 characters, Forbidden for
    the tool's own publishers.
    """
    check_review(by, tool)
    text = text.strip()
    if not MIN_STARS <= stars <= MAX_STARS:
        raise Invalid(
            "stars", f"{stars} is no number of stars.", suggestion="Give one to five stars."
        )
    if len(text) > MAX_TEXT:
        raise Invalid(
            "review_too_long",
            f"The text has {len(text)} characters; the most is {MAX_TEXT}.",
            suggestion="Say it in fewer words.",
        )
    with transaction.atomic():
        locked = _locked(tool)
        now = timezone.now()
        said = {"stars": stars, "text": text, "updated_at": now}
        review, _ = Review.objects.update_or_create(
            tool=tool, user=by, defaults=said, create_defaults={**said, "created_at": now}
        )
        _count(locked)
        audit.record(by=by, action="review.write", target=tool.full_name, stars=stars)
    return review


def delete_review(*, by: User, tool: Tool) -> None:
    """Take back ``by``'s review of ``tool``; raises NotFound where there is none."""
    with transaction.atomic():
        locked = _locked(tool)
        deleted, _ = Review.objects.filter(tool=tool, user=by).delete()
        if not deleted:
            raise NotFound(
                "review_not_found",
                f"You have written no review of {tool.full_name}.",
                suggestion="Look whether you are signed in with the right account.",
            )
        _count(locked)
        audit.record(by=by, action="review.delete", target=tool.full_name)


def _locked(tool: Tool) -> Tool:
    """The tool's row, held until the transaction ends, so that two reviews count one by one."""
    return Tool.objects.select_for_update().get(pk=tool.pk)


def _count(tool: Tool) -> None:
    """Write what the reviews of now add up to, and let all who show it follow."""
    found = Review.objects.filter(tool=tool).aggregate(count=Count("pk"), sum=Sum("stars"))
    tool.rating_count = found["count"]
    tool.rating_sum = found["sum"] or 0
    tool.rating_average = tool.rating_sum / tool.rating_count if tool.rating_count else None
    tool.save(update_fields=["rating_count", "rating_sum", "rating_average"])
    render.refresh(tool)
    enqueue("search.index_tool", tool.pk, queue="index", key=str(tool.pk))
