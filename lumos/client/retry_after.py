"""The ``Retry-After`` header (RFC 9110, 10.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

__all__ = ["retry_after_seconds", "retry_hint"]


class _Response(Protocol):
    @property
    def headers(self) -> Mapping[str, str]: ...


def retry_after_seconds(retry_after: str) -> float | None:
    """The value in seconds, negative for a past date; ``None`` if it is invalid or empty."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return (when.astimezone(UTC) - datetime.now(UTC)).total_seconds()


def retry_hint(response: _Response) -> str:
    """When to try again, for an error message."""
    seconds = retry_after_seconds(response.headers.get("Retry-After", ""))
    if seconds is None or not 0 < seconds < float("inf"):
        return "Try again in a moment."
    if seconds < 120:
        return f"Try again in {seconds:.0f} seconds, as the server asks."
    return f"Try again in {seconds / 60:.0f} minutes, as the server asks."
