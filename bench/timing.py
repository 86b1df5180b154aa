"""Times of calls: the middle and the slow end, by the clock and by the processor.

On a shared machine the clock also tells what others do; the processor's time is ours alone.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of each call, by the clock and by the processor."""

    wall: Sequence[float]
    cpu: Sequence[float]

    @property
    def row(self) -> tuple[str, ...]:
        """Median and 95th percentile of both."""
        found = (percentile(values, part) for values in (self.cpu, self.wall) for part in (50, 95))
        return tuple(f"{value:.1f}" for value in found)


HEADINGS = ("cpu p50", "cpu p95", "clock p50", "clock p95")


def times(calls: Sequence[Callable[[], object]], *, warm: int = 1) -> Times:
    """Time each call once, after ``warm`` unmeasured runs of the first."""
    for _ in range(warm):
        calls[0]()
    wall, cpu = [], []
    for call in calls:
        began, used = time.perf_counter(), time.thread_time()
        call()
        cpu.append((time.thread_time() - used) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    return Times(wall, cpu)


def percentile(values: Sequence[float], part: int) -> float:
    """The value that ``part`` percent of ``values`` do not exceed."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows of text under headings; the first column to the left, numbers to the right."""
    texts = [[str(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = []
    for first, *rest in texts:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
