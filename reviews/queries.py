"""Figures over reviews."""

from __future__ import annotations

from django.db.models import Count

from catalog.models import Tool
from reviews.models import Review


def stars_of(tool: Tool) -> dict[int, int]:
    """How many reviews gave how many stars."""
    rows = Review.objects.filter(tool=tool).order_by().values_list("stars")
    return dict(rows.annotate(Count("pk")))
