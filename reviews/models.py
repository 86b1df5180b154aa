"""Reviews of tools."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.models import Tool

MIN_STARS, MAX_STARS = 1, 5
MAX_TEXT = 4000


class ReviewQuerySet(models.QuerySet["Review"]):
    """Named filters over reviews."""

    def newest_first(self) -> ReviewQuerySet:
        """The order in which they are shown."""
        return self.order_by("-updated_at", "-pk")

    def with_names(self) -> ReviewQuerySet:
        """With the rows that the authors' public names need."""
        return self.select_related("user").prefetch_related("user__namespaces")


class Review(models.Model):
    """A user's stars and text for a tool; one per user and tool."""

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews"
    )
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=MAX_TEXT, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tool", "user"], name="review_once"),
            models.CheckConstraint(
                condition=Q(stars__range=(MIN_STARS, MAX_STARS)), name="review_stars_range"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tool", "-updated_at"], name="review_tool_updated")
        ]

    def __str__(self) -> str:
        return f"{self.stars} stars for {self.tool_id}"

    @property
    def was_edited(self) -> bool:
        """Whether it was changed after it was written."""
        return self.updated_at > self.created_at
