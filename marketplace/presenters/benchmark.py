"""The sandbox's report for templates: examples, timings and machine."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.shapes import QualityDocument

__all__ = ["Benchmark", "Timing", "benchmark", "examples_passed"]

GB = 1024**3
MB = 1024**2


@dataclass(frozen=True, slots=True)
class Timing:
    """One example: milliseconds measured outside the sandbox, peak memory in MB."""

    function: str
    title: str
    median_ms: float
    slowest_ms: float
    memory_mb: float | None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All timings of a release; ``cold_start_ms`` is the median of several starts."""

    timings: tuple[Timing, ...]
    cold_start_ms: float | None
    machine: tuple[tuple[Any, str], ...]
    layers: tuple[str, ...]


def benchmark(measurements: Mapping[str, Any] | None) -> Benchmark | None:
    """The values of a release's report; None if nothing was run."""
    if not measurements:
        return None
    starts = measurements.get("cold_start_ms") or []
    timings = (_timing(example) for example in measurements.get("examples", []))
    return Benchmark(
        timings=tuple(timing for timing in timings if timing),
        cold_start_ms=statistics.median(starts) if starts else None,
        machine=_machine(measurements.get("machine", {})),
        layers=tuple(measurements.get("layers", ())),
    )


def _timing(example: Mapping[str, Any]) -> Timing | None:
    times: Sequence[float] = example.get("timings_ms") or ()
    if not times:
        return None
    memory = example.get("peak_memory_bytes")
    return Timing(
        function=str(example.get("function", "")),
        title=str(example.get("title", "")),
        median_ms=statistics.median(times),
        slowest_ms=max(times),
        memory_mb=memory / MB if memory else None,
    )


def _machine(machine: Mapping[str, Any]) -> tuple[tuple[Any, str], ...]:
    memory = machine.get("memory_bytes")
    named = (
        (_("Python"), machine.get("python")),
        (_("System"), machine.get("os")),
        (_("Kernel"), machine.get("kernel")),
        (_("Processor"), machine.get("cpu")),
        (_("Cores"), machine.get("cores")),
        (_("Memory"), f"{memory / GB:.0f} GB" if memory else None),
    )
    return tuple((label, str(value)) for label, value in named if value)


def examples_passed(report: QualityDocument | None) -> bool:
    """Whether every offline example passed, according to the quality report."""
    score = report.scores.get("compatibility") if report else None
    factors = score.factors if score else ()
    return any(factor.key == "examples" and factor.earned == factor.weight for factor in factors)
