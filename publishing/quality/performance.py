"""The performance score: the offline examples, timed from outside the sandbox.

The Python with the worst result counts. Each curve begins at what a small tool reaches on a busy
machine with two cores, and ends at what is too slow for an agent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lumos.package.rules import N_
from publishing.quality.curves import Curve, median, percentile, share
from publishing.quality.evidence import Evidence, PythonRun
from publishing.quality.model import Factor, Score, score_of

__all__ = ["performance"]

MB = 1024 * 1024

#: Milliseconds. About 50 without libraries, 200 with a small one, 500 with a large one; after 2 s
#: the first call times out in many clients.
IMPORT: Curve = ((50, 1.0), (200, 0.9), (500, 0.65), (1000, 0.35), (2000, 0.0))
#: Milliseconds, including fork and pipe. 100 feels instant to a person; 1 s interrupts them.
MEDIAN: Curve = ((25, 1.0), (100, 0.9), (300, 0.7), (1000, 0.4), (5000, 0.0))
P95: Curve = ((50, 1.0), (200, 0.9), (600, 0.7), (2000, 0.4), (10_000, 0.0))
#: Bytes, including the interpreter (about 15 MB). 512 MB is all the memory of a small container.
MEMORY: Curve = ((64 * MB, 1.0), (128 * MB, 0.9), (256 * MB, 0.7), (512 * MB, 0.35), (1024 * MB, 0))
#: Calls per second, one after another.
THROUGHPUT: Curve = ((0.2, 0.0), (1, 0.3), (5, 0.7), (10, 0.9), (40, 1.0))


def _latencies(run: PythonRun) -> list[float]:
    return [ms for example in run.examples if example.ok for ms in example.latencies_ms]


def _import(run: PythonRun) -> float | None:
    return median(run.import_ms) if run.import_ms else None


def _median(run: PythonRun) -> float | None:
    latencies = _latencies(run)
    return median(latencies) if latencies else None


def _p95(run: PythonRun) -> float | None:
    latencies = _latencies(run)
    return percentile(latencies, 95) if latencies else None


def _memory(run: PythonRun) -> float | None:
    return None if run.peak_memory_bytes is None else float(run.peak_memory_bytes)


def _throughput(run: PythonRun) -> float | None:
    latencies = _latencies(run)
    return 1000 * len(latencies) / max(sum(latencies), 0.001) if latencies else None


def _ms(value: float) -> str:
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _mb(value: float) -> str:
    return f"{value / MB:.0f} MB"


def _rate(value: float) -> str:
    return f"{value:.0f} per second" if value >= 10 else f"{value:.1f} per second"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured quantity: how to read it from a run, format it and convert it to points."""

    key: str
    title: str
    weight: float
    curve: Curve
    of: Callable[[PythonRun], float | None]
    show: Callable[[float], str]
    improve: str


MEASURES = (
    Measure(
        "import", N_("Cold import"), 25, IMPORT, _import, _ms,
        N_("Import heavy libraries inside the function that needs them."),
    ),
    Measure(
        "median", N_("Median latency of a call"), 30, MEDIAN, _median, _ms,
        N_("Move work that every call repeats to import time. Start with the slowest example."),
    ),
    Measure(
        "p95", N_("95th percentile of latency"), 20, P95, _p95, _ms,
        N_("Find and speed up the slowest example."),
    ),
    Measure(
        "memory", N_("Peak memory"), 15, MEMORY, _memory, _mb,
        N_("Read files in blocks and import fewer libraries."),
    ),
    Measure(
        "throughput", N_("Calls per second"), 10, THROUGHPUT, _throughput, _rate,
        N_("Reduce the average time of a call."),
    ),
)  # fmt: skip


def performance(evidence: Evidence) -> Score:
    """0 to 100, from the sandbox's measurements."""
    runs = evidence.sandbox.runs if evidence.sandbox else ()
    return score_of("performance", [_factor(measure, runs) for measure in MEASURES])


def _factor(measure: Measure, runs: Sequence[PythonRun]) -> Factor:
    key, title, weight = measure.key, measure.title, measure.weight
    measured = [
        (share(value, measure.curve), value, run.python)
        for run in runs
        if (value := measure.of(run)) is not None
    ]
    if not measured:
        evidence = N_("Not measured: no offline example ran in the sandbox.")
        hint = N_("Add an example with offline = true to tool.toml.")
        return Factor(key, title, weight, None, evidence, hint)
    worst, value, python = min(measured)
    full = next(quantity for quantity, points in measure.curve if points == 1.0)
    hint = "" if worst == 1.0 else f"{measure.improve} Full points: {measure.show(full)}."
    evidence = f"{measure.show(value)} on Python {python}."
    return Factor(key, title, weight, weight * worst, evidence, hint)
