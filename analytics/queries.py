"""Download figures for pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from analytics.models import DailyDownloads
from catalog.models import Tool


@dataclass(frozen=True, slots=True)
class Day:
    """Downloads of a day in UTC."""

    day: dt.date
    count: int


@dataclass(frozen=True, slots=True)
class VersionTotal:
    """Downloads of one version since it was published."""

    version: str
    count: int


def daily(tool: Tool, days: int = 90) -> list[Day]:
    """Downloads of all releases, one entry for each of the last ``days`` days, oldest first."""
    today = timezone.now().date()
    first = today - dt.timedelta(days=days - 1)
    counts = by_day(tool, since=first)
    every = (first + dt.timedelta(days=number) for number in range(days))
    return [Day(day, counts.get(day, 0)) for day in every]


def by_version(tool: Tool) -> list[VersionTotal]:
    """Downloads of each release, newest version first; releases without any are there with 0."""
    rows = (
        tool.releases.live()
        .newest_first()
        .annotate(downloads=Sum("daily_downloads__count"))
        .values_list("version", "downloads")
    )
    return [VersionTotal(version, count or 0) for version, count in rows]


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
