"""The function: what to do with a date and time in, the resulting moment out."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal

from lumos_datetime.arithmetic import UNITS, shift
from lumos_datetime.reading import read
from lumos_datetime.writing import DAYS, write
from lumos_datetime.zones import find_zone, settle_local

__all__ = ["Moment", "datetime"]

Unit = Literal[
    "millisecond",
    "milliseconds",
    "second",
    "seconds",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "quarter",
    "quarters",
    "year",
    "years",
]

_OPERATIONS = ("now", "parse", "format", "add", "subtract")


@dataclass(frozen=True)
class Moment:
    """A date and time in a time zone.

    Attributes:
        text: The moment as the format says, or else as ISO 8601.
        iso: The moment as ISO 8601 with its offset.
        unix: Seconds since 1970-01-01T00:00:00Z, negative before.
        timezone: The time zone that the moment is told in.
        utc_offset: The offset from UTC at that moment, such as +02:00.
        weekday: The day of the week in English.
        week: The ISO week, from 1 to 53.
        day_of_year: The day of the year, from 1 to 366.
        notes: What to know about it, such as a time that the clock skips or tells twice.
    """

    text: str
    iso: str
    unix: float
    timezone: str
    utc_offset: str
    weekday: str
    week: int
    day_of_year: int
    notes: list[str]


def datetime(
    operation: Literal["now", "parse", "format", "add", "subtract"],
    input: str | None = None,
    format: str | None = None,
    timezone: str = "UTC",
    *,
    amount: float | None = None,
    unit: Unit | None = None,
) -> Moment:
    """Tell the time, or parse, format or shift a date and time in a time zone.

    Adding hours or less follows the time that passes; adding days or more keeps the clock on the
    wall, also across daylight saving, and the 31st becomes the last day of a shorter month.

    Args:
        operation: "now" tells the current time, "parse" reads input, "format" writes input as
            format says, "add" and "subtract" move input (or now) by amount units.
        input: The date and time: ISO 8601, an e-mail date, or a Unix time in seconds (from
            100,000,000,000 on in milliseconds). Without an offset it is told in timezone.
        format: strftime codes such as "%d.%m.%Y %H:%M". With "parse" they say how input is
            written; with the other operations, how the text of the result is written.
        timezone: The time zone of the result: a name such as "Europe/Berlin", "UTC", or an offset
            such as "+05:30".
        amount: How many units to move; negative goes the other way. Fractions only up to hours.
        unit: The unit of amount, singular or plural.

    Returns:
        The moment in that time zone.

    Raises:
        ValueError: The input cannot be read, the time zone is not known, or a parameter that the
            operation needs is missing.
    """
    if operation not in _OPERATIONS:
        raise ValueError(
            f"The operation {operation!r} is not known. Choose one of: {', '.join(_OPERATIONS)}."
        )
    zone = find_zone(timezone)
    moment, note = _start(operation, input, format, zone)
    notes = [note]
    if operation in ("add", "subtract"):
        moment, note = _moved(moment, operation, amount, unit)
        notes.append(note)
    if operation == "format" and not format:
        raise ValueError(
            'The operation "format" needs a format. Give strftime codes such as "%d.%m.%Y %H:%M".'
        )
    pattern = None if operation == "parse" else format
    return _told(moment, timezone, pattern, [note for note in notes if note])


def _start(
    operation: str, text: str | None, pattern: str | None, zone: dt.tzinfo
) -> tuple[dt.datetime, str]:
    if operation == "now" or (not text and operation in ("add", "subtract")):
        return dt.datetime.now(zone), ""
    if not text or not text.strip():
        raise ValueError(
            f'The operation "{operation}" needs an input. Give a date and time such as '
            "2026-01-31T12:30:00."
        )
    moment = read(text, pattern if operation == "parse" else None)
    try:
        if moment.tzinfo is None:
            return settle_local(moment, zone)
        return moment.astimezone(zone), ""
    except OverflowError:
        raise ValueError(
            f"{text[:60]!r} lies outside the years 1 to 9999 in that time zone. "
            "Use a date further inside."
        ) from None


def _moved(
    moment: dt.datetime, operation: str, amount: float | None, unit: str | None
) -> tuple[dt.datetime, str]:
    if amount is None or unit is None or not math.isfinite(amount):
        raise ValueError(
            f'The operation "{operation}" needs a finite amount and a unit. '
            'Give both, such as amount 3 and unit "days".'
        )
    singular = unit.removesuffix("s")
    if singular not in UNITS:
        raise ValueError(
            f"The unit {unit!r} is not known. Choose one of: {', '.join(f'{u}s' for u in UNITS)}."
        )
    return shift(moment, -amount if operation == "subtract" else amount, singular)


def _told(moment: dt.datetime, timezone: str, pattern: str | None, notes: list[str]) -> Moment:
    iso = moment.isoformat()
    return Moment(
        text=write(moment, pattern) if pattern else iso,
        iso=iso,
        unix=moment.timestamp(),
        timezone=timezone,
        utc_offset=write(moment, "%:z"),
        weekday=DAYS[moment.weekday()],
        week=moment.isocalendar().week,
        day_of_year=moment.timetuple().tm_yday,
        notes=notes,
    )
