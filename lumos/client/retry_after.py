"""How long a server asks us to wait (``Retry-After``, RFC 9110, 10.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

__all__ = ["asked_seconds", "patience"]


class _Answer(Protocol):
    @property
    def headers(self) -> Mapping[str, str]: ...


def asked_seconds(retry_after: str) -> float | None:
    """``Retry-After`` as seconds; it may be a number or a date."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return (when.astimezone(UTC) - datetime.now(UTC)).total_seconds()


def patience(response: _Answer) -> str:
    """What to try after an answer that is no use: when to come again."""
    seconds = asked_seconds(response.headers.get("Retry-After", ""))
    if seconds is None or not 0 < seconds < float("inf"):
        return "Try again in a moment."
    if seconds < 120:
        return f"Try again in {seconds:.0f} seconds: the server asks for that."
    return f"Try again in {seconds / 60:.0f} minutes: the server asks for that."
