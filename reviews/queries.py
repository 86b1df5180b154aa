"""Figures over reviews."""

from __future__ import annotations

from django.db.models import Count

from catalog.models import Tool
from reviews.models import Review


def stars_of(tool: Tool) -> dict[int, int]:
    """The number of reviews for each number of stars that was given."""
    rows = Review.objects.filter(tool=tool).order_by().values_list("stars")
    return dict(rows.annotate(Count("pk")))
