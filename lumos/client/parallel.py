"""Runs work in daemon threads, so that Ctrl-C ends the command at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["in_parallel", "within"]

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(work: Callable[[T], R], items: Sequence[T], threads: int) -> list[R]:
    """The results of ``work`` in the order of ``items``; raises the first exception.

    The interpreter waits at its exit for the threads of ``concurrent.futures``, also for one that
    is blocked on a silent server. It does not wait for daemon threads.
    """
    pending: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, R | None, BaseException | None]] = queue.SimpleQueue()
    for index in range(len(items)):
        pending.put(index)

    def run() -> None:
        while True:
            try:
                index = pending.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((index, work(items[index]), None))
            except BaseException as error:
                done.put((index, None, error))

    for _ in range(min(threads, len(items))):
        threading.Thread(target=run, daemon=True).start()
    results: dict[int, R] = {}
    for _ in items:
        index, result, error = done.get()
        if error is not None:
            raise error
        results[index] = result  # type: ignore[assignment]
    return [results[index] for index in range(len(items))]


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of ``work``; raises ``TimeoutError`` if it takes longer than ``seconds``.

    For work without a timeout of its own: name resolution, and servers that send one byte at a
    time. After a timeout the work continues in a daemon thread, which ends with the process.
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
