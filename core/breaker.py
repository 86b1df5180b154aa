"""A circuit breaker: after a failure, a service is not called again for a few seconds."""

from __future__ import annotations

import threading
import time

#: Long enough that few requests wait for a hanging service, short enough to recover quickly.
PAUSE_SECONDS = 5.0


class Breaker:
    """While the service is failing, lets one caller per ``pause`` (seconds) try it. Thread-safe."""

    def __init__(self, pause: float = PAUSE_SECONDS) -> None:
        self._pause = pause
        self._lock = threading.Lock()
        self._failed = False
        self._next_try = 0.0

    def may_try(self) -> bool:
        """Whether the caller may use the service now."""
        if not self._failed:
            return True
        with self._lock:
            if time.monotonic() < self._next_try:
                return False
            self._next_try = time.monotonic() + self._pause
            return True

    def failed(self) -> None:
        """Report that a call failed."""
        with self._lock:
            self._failed = True
            self._next_try = time.monotonic() + self._pause

    def succeeded(self) -> None:
        """Report that a call succeeded."""
        self._failed = False
