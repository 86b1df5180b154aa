"""Slots for waiting clients, and responses that hold a slot. Does not import Django."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator

#: A longer response blocks a server thread until the client has received nearly all of it.
SHORT = 512 * 1024
#: Seconds after which a client without a slot may try again.
RETRY_AFTER = 5


class Slots:
    """A limited number of slots, taken without waiting. Thread-safe.

    One address gets at most five sixths of them, so that no client can take them all.
    """

    def __init__(self, total: int) -> None:
        self._total, self._per_address = total, total - total // 6
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, address: str) -> bool:
        """Take a slot; False if none is free. Each taken slot must be released."""
        with self._lock:
            full = self._taken.total() >= self._total
            if full or self._taken[address] >= self._per_address:
                return False
            self._taken[address] += 1
            return True

    def release(self, address: str) -> None:
        """Release a slot that ``address`` took."""
        with self._lock:
            self._taken[address] -= 1
            self._taken += Counter()  # drops addresses with a count of zero


class SlottedResponse:
    """A response body that releases its client's slot when the server closes it."""

    def __init__(self, body: Iterable[bytes], slots: Slots, address: str) -> None:
        self._body, self._blocks, self._slots, self._address = body, iter(body), slots, address
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._blocks)

    def close(self) -> None:
        """Called by the server once the body is sent or the client has disconnected."""
        if self._open:
            self._open = False
            self._slots.release(self._address)
            close(self._body)


def slots_for(threads: int, *, behind_proxy: bool) -> int:
    """How many threads may wait for request bodies, and how many for readers of responses.

    Behind a proxy that buffers both, all of them; otherwise three eighths each, so that a quarter
    of the threads always serves other requests.
    """
    return threads if behind_proxy else max(threads * 3 // 8, 1)


def close(body: Iterable[bytes]) -> None:
    """Close a WSGI response body if it has a ``close`` method."""
    getattr(body, "close", lambda: None)()
