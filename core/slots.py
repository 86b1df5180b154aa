"""Places for those who wait, and answers whose readers have one. No framework."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator

#: A longer answer holds a thread of the server until its reader has taken nearly all of it.
SHORT = 512 * 1024
#: Seconds after which somebody without a place may ask again.
RETRY_AFTER = 5


class Share:
    """So many places, for which nobody waits; no address alone takes the last sixth of them."""

    def __init__(self, places: int) -> None:
        self._places, self._alone = places, places - places // 6
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, who: str) -> bool:
        """Whether there was a place; whoever got one gives it back."""
        with self._lock:
            full = self._taken.total() >= self._places
            if full or self._taken[who] >= self._alone:
                return False
            self._taken[who] += 1
            return True

    def give_back(self, who: str) -> None:
        """For the next."""
        with self._lock:
            self._taken[who] -= 1
            self._taken += Counter()  # forgets those who hold none


class Watched:
    """An answer whose reader has a place until the server closes it."""

    def __init__(self, answer: Iterable[bytes], places: Share, who: str) -> None:
        self._answer, self._blocks, self._places, self._who = answer, iter(answer), places, who
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._blocks)

    def close(self) -> None:
        """Sent, or the reader went away."""
        if self._open:
            self._open = False
            self._places.give_back(self._who)
            close(self._answer)


def shares(threads: int, *, behind_proxy: bool) -> int:
    """Of how many threads bodies, and of how many readers, may take; the rest is everybody's."""
    return threads if behind_proxy else max(threads * 3 // 8, 1)


def close(answer: Iterable[bytes]) -> None:
    """If it can be closed."""
    getattr(answer, "close", lambda: None)()
