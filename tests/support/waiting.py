"""Waits and time limits for tests, long enough for a busy machine.

Nothing here measures speed (`bench/` does): these limits only tell a hang from a slow machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

#: How much slower than a quiet one a busy machine may be before a wait counts as a failure.
SLOWDOWN = 4
T = TypeVar("T")


def wait_for(what: str, ask: Callable[[], T | None], seconds: float = 30) -> T:
    """Ask until the answer is true; fails with ``what`` when the time is over.

    ``seconds`` are those of a quiet machine.
    """
    end = time.monotonic() + seconds * SLOWDOWN
    while not (found := ask()):
        assert time.monotonic() < end, f"after {seconds * SLOWDOWN:.0f} s still not: {what}"
        time.sleep(0.05)
    return found


@contextmanager
def without_hanging(seconds: float) -> Iterator[None]:
    """The block ends in about ``seconds`` of a quiet machine, where a fault would take for ever."""
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    assert took < seconds * SLOWDOWN, f"it took {took:.0f} s, and {seconds} are more than enough"
