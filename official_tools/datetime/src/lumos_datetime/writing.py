"""From a date and time to text by a pattern, the same on every system and in every locale."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

__all__ = ["DAYS", "write"]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MAX_LENGTH = 500
_CODE = re.compile("%(-?)(:?.|$)", re.DOTALL)


def write(moment: dt.datetime, pattern: str) -> str:
    """``moment`` (aware) as the strftime codes of ``pattern`` say, with English names.

    A hyphen in a code drops leading zeros: ``%-d``. Raises ValueError for a code not known.
    """
    if len(pattern) > _MAX_LENGTH:
        raise ValueError(f"The format has more than {_MAX_LENGTH} characters. Shorten it.")

    def replace(match: re.Match[str]) -> str:
        code = _CODES.get(match[2])
        if code is None:
            raise ValueError(
                f"The format code {match[0]!r} is not known. Use codes such as %Y-%m-%d %H:%M:%S; "
                f"known are {' '.join('%' + name for name in _CODES)}."
            )
        text = code(moment)
        return text.lstrip("0 ") or "0" if match[1] else text

    return _CODE.sub(replace, pattern)


def _offset(moment: dt.datetime, separator: str) -> str:
    seconds = int((moment.utcoffset() or dt.timedelta()).total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    tail = f"{separator}{rest:02d}" if rest else ""
    return f"{'-' if seconds < 0 else '+'}{hours:02d}{separator}{minutes:02d}{tail}"


def _week(moment: dt.datetime, first_day: int) -> str:
    """The week of the year whose weeks begin on ``first_day`` (0 is Monday), from 00."""
    day = moment.timetuple().tm_yday
    return f"{(day + 6 - (moment.weekday() - first_day) % 7) // 7:02d}"


_CODES: Mapping[str, Callable[[dt.datetime], str]] = {
    "Y": lambda m: f"{m.year:04d}",
    "y": lambda m: f"{m.year % 100:02d}",
    "G": lambda m: f"{m.isocalendar().year:04d}",
    "m": lambda m: f"{m.month:02d}",
    "B": lambda m: _MONTHS[m.month - 1],
    "b": lambda m: _MONTHS[m.month - 1][:3],
    "h": lambda m: _MONTHS[m.month - 1][:3],
    "d": lambda m: f"{m.day:02d}",
    "e": lambda m: f"{m.day:2d}",
    "j": lambda m: f"{m.timetuple().tm_yday:03d}",
    "A": lambda m: DAYS[m.weekday()],
    "a": lambda m: DAYS[m.weekday()][:3],
    "u": lambda m: str(m.isoweekday()),
    "w": lambda m: str(m.isoweekday() % 7),
    "V": lambda m: f"{m.isocalendar().week:02d}",
    "U": lambda m: _week(m, 6),
    "W": lambda m: _week(m, 0),
    "H": lambda m: f"{m.hour:02d}",
    "I": lambda m: f"{m.hour % 12 or 12:02d}",
    "p": lambda m: "AM" if m.hour < 12 else "PM",
    "M": lambda m: f"{m.minute:02d}",
    "S": lambda m: f"{m.second:02d}",
    "f": lambda m: f"{m.microsecond:06d}",
    "s": lambda m: str(int(m.timestamp() // 1)),
    "z": lambda m: _offset(m, ""),
    ":z": lambda m: _offset(m, ":"),
    "Z": lambda m: m.tzname() or "",
    "F": lambda m: m.date().isoformat(),
    "T": lambda m: f"{m:%H:%M:%S}",
    "R": lambda m: f"{m:%H:%M}",
    "D": lambda m: f"{m.month:02d}/{m.day:02d}/{m.year % 100:02d}",
    "x": lambda m: f"{m.month:02d}/{m.day:02d}/{m.year % 100:02d}",
    "X": lambda m: f"{m:%H:%M:%S}",
    "c": lambda m: f"{write(m, '%a %b %e %H:%M:%S %Y')}",
    "n": lambda m: "\n",
    "t": lambda m: "\t",
    "%": lambda m: "%",
}
