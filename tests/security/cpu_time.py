"""Limits the processor time of work that hostile input may ask for."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where the block works longer; without it such a test would hang for minutes.

    Counted is this process's own work, not the time that a busy machine makes it wait.
    """

    def ring(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"it worked for more than {seconds:g} seconds")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
