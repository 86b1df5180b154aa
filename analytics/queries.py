"""Download figures of a tool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Sum

from analytics.models import DailyDownloads
from catalog.models import Tool


def by_day(tool: Tool, *, since: dt.date) -> dict[dt.date, int]:
    """Downloads by day, only days that have any."""
    rows: Iterable[tuple[dt.date, int]] = (
        DailyDownloads.objects.filter(release__tool=tool, day__gte=since)
        .values_list("day")
        .annotate(Sum("count"))
        .order_by("day")
    )
    return dict(rows)


def total(tool: Tool) -> int:
    """Downloads of all releases, ever."""
    rows = DailyDownloads.objects.filter(release__tool=tool)
    return int(rows.aggregate(all=Sum("count"))["all"] or 0)
