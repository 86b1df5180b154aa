"""The results of sandbox runs, as values that can be stored and shown."""

from __future__ import annotations

import json
import os
import platform
import statistics
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sandbox.observe.record import Observed

STORED_VALUE = 64 * 1024


class Outcome(StrEnum):
    """How a step ended. Only ``returned`` carries a value."""

    RETURNED = "returned"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    MEMORY = "memory"
    OUTPUT_LIMIT = "output limit"
    COULD_NOT_START = "could not start"


@dataclass(slots=True)
class StepResult:
    """One load or one call: its outcome, a sentence that explains it, and the evidence.

    ``value`` is the function's value as JSON. The tool can forge it, so the caller compares it
    with the expected one. ``error`` has ``kind``, ``type``, ``message`` and ``traceback``, which
    the tool can forge as well. ``signal`` names the signal that ended the process. ``violations``
    are sentences about what the sandbox blocked or stopped. Memory is in bytes, measured from
    outside. ``killed``: SIGKILL ended the process and no limit of the sandbox explains it, so it
    was the machine's out-of-memory killer, an operator, or the tool itself.
    """

    outcome: Outcome
    message: str = ""
    value: Any = None
    error: dict[str, Any] | None = None
    signal: str = ""
    stdout: str = ""
    stderr: str = ""
    violations: list[str] = field(default_factory=list)
    peak_memory_bytes: int | None = None
    seconds: float = 0.0
    killed: bool = False


@dataclass(slots=True)
class ExampleResult(StepResult):
    """One example: the result of its first run, and the latencies of the repeats in milliseconds.

    ``consistent`` is False if a repeat had another outcome or returned another value.
    """

    function: str = ""
    title: str = ""
    first_ms: float | None = None
    timings_ms: list[float] = field(default_factory=list)
    consistent: bool = True
    http_requests: int = 0
    http_unmatched: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON; a value over 64 KiB is replaced by its size."""
        document = asdict(self) | {"outcome": self.outcome.value}
        size = len(json.dumps(self.value))
        document["value"] = storable(self.value) if size <= STORED_VALUE else None
        document["value_omitted_bytes"] = size if size > STORED_VALUE else 0
        return storable(document) | {"value": document["value"]}


@dataclass(slots=True)
class SandboxReport:
    """The results of one run of a tool in the sandbox.

    ``load`` is the import of the tool's modules. If it failed, no example was run.
    ``cold_start_ms`` holds the import times of several fresh processes, ``overhead_ms`` what the
    sandbox itself adds to every latency (an empty call in a fresh process).
    """

    load: StepResult
    examples: list[ExampleResult] = field(default_factory=list)
    cold_start_ms: list[float] = field(default_factory=list)
    overhead_ms: float | None = None
    observed: Observed = field(default_factory=Observed)
    layers: tuple[str, ...] = ()
    machine: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the tool loaded and every example returned a value, whichever value that is."""
        results = [self.load, *self.examples]
        return all(item.outcome is Outcome.RETURNED for item in results)

    @property
    def killed(self) -> bool:
        """Whether a process was killed for an unknown reason, which makes the report unusable."""
        return any(item.killed for item in (self.load, *self.examples))

    @property
    def violations(self) -> list[str]:
        """The violations of the load and of all examples, without duplicates."""
        texts = [text for item in (self.load, *self.examples) for text in item.violations]
        return list(dict.fromkeys(texts))

    @property
    def peak_memory_bytes(self) -> int | None:
        """The peak of all steps, or None if nothing could be measured."""
        peaks = [item.peak_memory_bytes for item in (self.load, *self.examples)]
        return max((size for size in peaks if size), default=None)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        load = asdict(self.load) | {"outcome": self.load.outcome.value}
        load.pop("value")
        return {
            "ok": self.ok,
            "load": storable(load),
            "examples": [item.as_dict() for item in self.examples],
            "cold_start_ms": self.cold_start_ms,
            "overhead_ms": self.overhead_ms,
            "peak_memory_bytes": self.peak_memory_bytes,
            "violations": storable(self.violations),
            "observed": storable(self.observed.as_dict()),
            "layers": list(self.layers),
            "machine": self.machine,
            "limits": self.limits,
            "seconds": round(self.seconds, 3),
        }


def storable(value: Any) -> Any:
    """``value`` without NUL characters, which PostgreSQL rejects in JSON."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value


def milliseconds(seconds: float) -> float:
    """Convert seconds to milliseconds, rounded to the microsecond."""
    return round(seconds * 1000, 3)


def median(values: list[float]) -> float | None:
    """The median, or None if there are no values."""
    return round(statistics.median(values), 3) if values else None


def machine(python: str) -> dict[str, Any]:
    """The measuring machine: os, kernel, cpu, cores, memory in bytes, the tool's Python."""
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        system = platform.system()
    return {
        "os": system,
        "kernel": platform.release(),
        "cpu": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "python": python,
    }


def processor() -> str:
    """The processor's name, or its architecture if the kernel has no name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
