"""A circuit breaker: after a failure nobody asks a service again for a few seconds."""

from __future__ import annotations

import threading
import time

#: Long enough that a service which hangs costs almost nobody a wait, short enough to come back.
PAUSE_SECONDS = 5.0


class Breaker:
    """Once the service has failed, one caller in each pause tries it again."""

    def __init__(self, pause: float = PAUSE_SECONDS) -> None:
        self._pause = pause
        self._lock = threading.Lock()
        self._failed = False
        self._next_try = 0.0

    def may_try(self) -> bool:
        """Whether to ask the service now; while it is down, true for one caller in each pause."""
        if not self._failed:
            return True
        with self._lock:
            if time.monotonic() < self._next_try:
                return False
            self._next_try = time.monotonic() + self._pause
            return True

    def failed(self) -> None:
        """The service did not answer."""
        with self._lock:
            self._failed = True
            self._next_try = time.monotonic() + self._pause

    def succeeded(self) -> None:
        """The service answered."""
        self._failed = False
