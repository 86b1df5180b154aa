"""Compute a tool's download figures from its daily rows. Does not access the database."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

WEEKS = 12
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a card: total, last 30 days, and each of 12 weeks, oldest first."""

    total: int
    month: int
    weeks: tuple[int, ...]


def step(total: int) -> int:
    """Round a total so that totals within about 2% of each other give the same number."""
    return round(math.log1p(total) * 50)


def figures(days: Mapping[dt.date, int], *, total: int, today: dt.date) -> Figures:
    """The figures as of ``today``; ``days`` reaches back 12 weeks, ``total`` is of all time.

    The windows end with today. Days in the future (written by a wrong clock) are ignored.
    """
    weeks = [0] * WEEKS
    month = 0
    for day, count in days.items():
        age = (today - day).days
        if 0 <= age < WEEKS * 7:
            weeks[WEEKS - 1 - age // 7] += count
        if 0 <= age < MONTH_DAYS:
            month += count
    return Figures(total, month, tuple(weeks))
