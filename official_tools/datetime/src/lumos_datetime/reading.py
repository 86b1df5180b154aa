"""From text to a date and time: ISO 8601, e-mail dates, Unix times, or a pattern."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["read"]

_UNIX = re.compile(r"[+-]?\d{1,17}(?:\.\d+)?", re.ASCII)
_DIGITS = re.compile(r"[+-]?[\d.]+")
_COMPACT_DATE = re.compile(r"(?:19|20)\d{6}")
_MAIL = re.compile(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d{2}")
_MILLISECONDS_FROM = 100_000_000_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def read(text: str, pattern: str | None) -> dt.datetime:
    """The date and time that ``text`` tells, aware where it names an offset.

    A Unix time of 100,000,000,000 or more counts milliseconds. Raises ValueError.
    """
    text = text.strip()
    if pattern:
        return _by_pattern(text, pattern)
    if _DIGITS.fullmatch(text) and not _COMPACT_DATE.fullmatch(text):
        return _by_unix_time(text)
    if _MAIL.match(text):
        return _by_mail_date(text)
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise _unreadable(text) from None


def _by_pattern(text: str, pattern: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(text, pattern)
    except (ValueError, re.error) as error:
        raise ValueError(
            f"{text[:60]!r} does not follow the format {pattern[:60]!r} ({error}). "
            "Adapt the format, or leave it out for ISO 8601."
        ) from None


def _by_unix_time(text: str) -> dt.datetime:
    if not _UNIX.fullmatch(text):
        raise _unreadable(text)
    whole, _, part = text.partition(".")
    microseconds = int((part + "000000")[:6]) if part else 0
    seconds = dt.timedelta(seconds=abs(int(whole)), microseconds=microseconds)
    if abs(int(whole)) >= _MILLISECONDS_FROM:
        seconds /= 1000
    try:
        return _EPOCH - seconds if text.startswith("-") else _EPOCH + seconds
    except OverflowError:
        raise _unreadable(text) from None


def _by_mail_date(text: str) -> dt.datetime:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow to load

    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError):
        raise _unreadable(text) from None


def _unreadable(text: str) -> ValueError:
    return ValueError(
        f"{text[:60]!r} is not a date and time that can be read, or it lies outside the years 1 to "
        "9999. Write ISO 8601 such as 2026-01-31T12:30:00+01:00, an e-mail date, or a Unix time; "
        "or say its form with format, such as %d.%m.%Y."
    )
