"""The same work for several things at once, in threads that Ctrl-C does not have to wait for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["in_parallel", "within"]

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(work: Callable[[T], R], items: Sequence[T], threads: int) -> list[R]:
    """``work`` of every item, in their order; raises what the first failure raised.

    The threads are daemons: one that waits for a silent server ends with the process. A pool of
    the standard library would be waited for, however often the user presses Ctrl-C.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, R | None, BaseException | None]] = queue.SimpleQueue()
    for place in range(len(items)):
        waiting.put(place)

    def run() -> None:
        while True:
            try:
                place = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((place, work(items[place]), None))
            except BaseException as error:
                done.put((place, None, error))

    for _ in range(min(threads, len(items))):
        threading.Thread(target=run, daemon=True).start()
    found: dict[int, R] = {}
    for _ in items:
        place, result, error = done.get()
        if error is not None:
            raise error
        found[place] = result  # type: ignore[assignment]
    return [found[place] for place in range(len(items))]


def within(seconds: float, work: Callable[[], T]) -> T:
    """``work`` in a thread of its own; raises ``TimeoutError`` where it takes longer.

    It bounds what has no timeout of its own: name look-ups, and servers that send one byte at a
    time. Work that is given up goes on in a daemon thread, which ends with the process.
    """
    done: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:
            done.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"not done after {seconds:g} seconds") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
