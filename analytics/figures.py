"""Download figures from daily rows: pure, and how they are read."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

WEEKS = 12
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """What a card shows: all downloads, those of 30 days, and of 12 weeks, oldest first."""

    total: int
    month: int
    weeks: tuple[int, ...]


def step(total: int) -> int:
    """Totals on one step differ by no more than about 2%."""
    return round(math.log1p(total) * 50)


def figures(days: Mapping[dt.date, int], *, total: int, today: dt.date) -> Figures:
    """The figures as of ``today``; ``days`` reaches back 12 weeks, ``total`` is of all time.

    The windows end with today. A day in the future (a clock that was wrong) is in none of them.
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
