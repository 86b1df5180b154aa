"""Time zones by name, and local times that a change of the clock skips or repeats."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["find_zone", "settle_local"]

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_LARGEST_OFFSET = dt.timedelta(hours=24)


def find_zone(name: str) -> dt.tzinfo:
    """The zone of an IANA name such as "Europe/Berlin", of "UTC", or of an offset like "+05:30".

    Raises ValueError.
    """
    if name.upper() in ("UTC", "Z", "GMT"):
        return dt.UTC
    if offset := _OFFSET.fullmatch(name):
        return _fixed(name, *offset.groups())
    import zoneinfo  # noqa: PLC0415 - slow to load, and not needed for UTC

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"The time zone {name[:60]!r} is not known. {_similar(name)}") from None


def _fixed(name: str, sign: str, hours: str, minutes: str | None) -> dt.timezone:
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset >= _LARGEST_OFFSET:
        raise ValueError(
            f"The offset {name!r} is a day or more, which no time zone has. "
            "Use one between -23:59 and +23:59."
        )
    return dt.timezone(-offset if sign == "-" else offset)


def _similar(name: str) -> str:
    import zoneinfo  # noqa: PLC0415 - see find_zone
    from difflib import get_close_matches  # noqa: PLC0415 - needed for this message alone

    known = sorted(zoneinfo.available_timezones())
    wanted = name.strip().replace(" ", "_").casefold()
    same = [zone for zone in known if wanted and zone.casefold().endswith(wanted)]
    near = same or get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(repr(zone) for zone in near[:3])}?"
    return 'Use a name such as "Europe/Berlin", "UTC", or an offset such as "+05:30".'


def settle_local(local: dt.datetime, zone: dt.tzinfo) -> tuple[dt.datetime, str]:
    """A local time in its zone, and what to know about it.

    A time that the clock skips is moved forward by the length of the gap, as most calendars do; of
    a time that comes twice the first is taken, unless ``fold`` says otherwise.
    """
    aware = local.replace(tzinfo=zone)
    there = aware.astimezone(dt.UTC).astimezone(zone)
    if there.replace(tzinfo=None, fold=0) != local.replace(tzinfo=None, fold=0):
        return there, (
            f"{local.isoformat(sep=' ')} does not exist in {zone}: the clock skips it. "
            f"{there.isoformat(sep=' ')} is meant."
        )
    first, second = aware.replace(fold=0).utcoffset(), aware.replace(fold=1).utcoffset()
    if first != second:
        which = "second" if local.fold else "first"
        return aware, f"{local.isoformat(sep=' ')} comes twice in {zone}; the {which} one is meant."
    return aware, ""
