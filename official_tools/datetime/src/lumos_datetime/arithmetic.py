"""Adding and taking away spans of time, correct where the clock changes.

Hours and less are time that passes: they are added on the time line. Days and more are steps of
the calendar: the clock on the wall stays as it is, and the 31st becomes the last of a short month.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping

from lumos_datetime.zones import settle_local

__all__ = ["UNITS", "shift"]

_PASSING: Mapping[str, dt.timedelta] = {
    "millisecond": dt.timedelta(milliseconds=1),
    "second": dt.timedelta(seconds=1),
    "minute": dt.timedelta(minutes=1),
    "hour": dt.timedelta(hours=1),
}
_DAYS: Mapping[str, int] = {"day": 1, "week": 7}
_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
UNITS = (*_PASSING, *_DAYS, *_MONTHS)


def shift(start: dt.datetime, amount: float, unit: str) -> tuple[dt.datetime, str]:
    """``start`` (aware) moved by ``amount`` units, and what to know about the result.

    Raises ValueError for a fraction of a day or more, and outside the years 1 to 9999.
    """
    try:
        if unit in _PASSING:
            moved = start.astimezone(dt.UTC) + _PASSING[unit] * amount
            return moved.astimezone(start.tzinfo), ""
        return _calendar_step(start, _whole(amount, unit), unit)
    except (OverflowError, ValueError) as error:
        if str(error).startswith("amount"):
            raise
        raise ValueError(
            f"{amount:g} {unit}s from {start.isoformat()} lies outside the years 1 to 9999. "
            "Use a smaller amount."
        ) from None


def _whole(amount: float, unit: str) -> int:
    if amount != int(amount):
        raise ValueError(
            f"amount is {amount:g}, but {unit}s are counted whole, because they differ in length. "
            "Use a smaller unit, such as hours."
        )
    return int(amount)


def _calendar_step(start: dt.datetime, amount: int, unit: str) -> tuple[dt.datetime, str]:
    local = start.replace(tzinfo=None)
    note = ""
    if unit in _DAYS:
        moved = local + dt.timedelta(days=amount * _DAYS[unit])
    else:
        moved = _add_months(local, amount * _MONTHS[unit])
        if moved.day != local.day:
            note = f"The month has no day {local.day}, so the last one is meant."
    settled, about_clock = settle_local(moved, start.tzinfo or dt.UTC)
    return settled, " ".join(filter(None, (note, about_clock)))


def _add_months(local: dt.datetime, months: int) -> dt.datetime:
    years, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not dt.MINYEAR <= years <= dt.MAXYEAR:
        raise OverflowError
    last = calendar.monthrange(years, month + 1)[1]
    return local.replace(year=years, month=month + 1, day=min(local.day, last))
