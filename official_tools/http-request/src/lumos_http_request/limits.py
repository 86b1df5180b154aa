"""What a request may cost, and the error that says so."""

from __future__ import annotations

import time

__all__ = [
    "CONNECT_SECONDS",
    "MAX_HEADERS",
    "MAX_REDIRECTS",
    "MAX_REQUEST_BYTES",
    "MAX_RESPONSE_BYTES",
    "MAX_URL",
    "TOTAL_SECONDS",
    "Deadline",
    "RequestError",
]

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 30.0
MAX_REDIRECTS = 5
MAX_REQUEST_BYTES = 10 * 1024 * 1024
MAX_RESPONSE_BYTES = 10 * 1024 * 1024
MAX_URL = 8000
MAX_HEADERS = 100


class RequestError(ValueError):
    """A request that cannot be sent or was not answered; says what, why and what to try."""


class Deadline:
    """The moment when a request with all its redirects must be over."""

    def __init__(self, seconds: float = TOTAL_SECONDS) -> None:
        self._end = time.monotonic() + seconds

    def left(self, at_most: float = TOTAL_SECONDS) -> float:
        """Seconds that are left; raises TimeoutError if none are."""
        seconds = min(self._end - time.monotonic(), at_most)
        if seconds <= 0:
            raise TimeoutError
        return seconds
