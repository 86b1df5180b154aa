"""Runs a tool's examples in the sandbox, first for correctness, then for time and memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from sandbox.contents import ExampleRun, place_files, plan_for
from sandbox.interpreter import interpreter
from sandbox.limits import Limits
from sandbox.replay import Pair, RecordingInvalid, fill, parse_recordings
from sandbox.report import (
    ExampleResult,
    Outcome,
    SandboxReport,
    StepResult,
    machine,
    median,
    milliseconds,
)
from sandbox.session import Session
from sandbox.status import require
from sandbox.supervisor import Reply

WORK = "/tmp/work"  # noqa: S108 - inside the sandbox
REPEAT_SECONDS = 10.0
OVERHEAD_CALLS = 5

Progress = Callable[[str], None]


def run_tool(
    package_dir: Path,
    *,
    functions: Mapping[str, str],
    examples: Sequence[ExampleRun],
    dependencies_dir: Path | None = None,
    python: str | None = None,
    limits: Limits | None = None,
    repeats: int = 5,
    cold_starts: int = 3,
    progress: Progress | None = None,
) -> SandboxReport:
    """Import a tool and run its examples, in the sandbox only.

    ``functions`` maps names to ``package.module:function``. Failures of the tool are in the
    report, not raised. Raises SandboxUnavailable if a layer is missing (nothing was run), and
    ValueError if ``python`` does not start or an example's file is outside the working folder.
    """
    layers = require().layers
    bounds = limits or Limits()
    places, mounts = place_files(examples, package_dir)
    python_found = interpreter(python)
    plan = plan_for(package_dir, dependencies_dir, python_found, bounds, mounts=mounts)
    loopback = any(example.http is not None for example in examples)
    with Session(plan, dict(functions), loopback=loopback) as session:
        run = ToolRun(session, places, progress or (lambda _: None))
        report = run.loads(cold_starts)
        for number, example in enumerate(examples, 1):
            run.tell(f"Running example {number} of {len(examples)}: {example.title}")
            report.examples.append(run.example(example, report.load, repeats))
    report.observed = session.observation.observed()
    report.layers, report.machine = layers, machine(python_found.version)
    report.limits = bounds.as_dict()
    report.seconds = time.monotonic() - session.began
    return report


class ToolRun:
    """The steps of one :func:`run_tool`; ``places`` maps examples' files to paths inside."""

    def __init__(self, session: Session, places: Mapping[Path, Path], tell: Progress) -> None:
        self.session, self.places, self.tell = session, places, tell
        self.calls = 0

    def loads(self, cold_starts: int) -> SandboxReport:
        """Import in new processes to measure the time, then in the process that calls fork from."""
        self.tell("Importing the tool")
        report = SandboxReport(StepResult(Outcome.RETURNED))
        for _ in range(cold_starts):
            report.load, reply = self.session.load(fresh=True)
            if not reply.ok:
                return report
            report.cold_start_ms.append(milliseconds(reply.seconds))
        load, reply = self.session.load(fresh=False)
        if not (self.session.loaded and cold_starts):
            report.load = load
        report.overhead_ms = self._overhead() if self.session.loaded else None
        return report

    def example(self, example: ExampleRun, load: StepResult, repeats: int) -> ExampleResult:
        """One example, from the first run to the last repeat."""
        result = ExampleResult(
            Outcome.COULD_NOT_START, function=example.function, title=example.title
        )
        if load.outcome is not Outcome.RETURNED:
            result.message = f"It was not run, because the tool does not load. {load.message}"
            return result
        if self.session.seconds_left <= 0:
            result.outcome = Outcome.TIMED_OUT
            result.message = (
                f"It was not run: the {self.session.limits.total_seconds:g} seconds that one test "
                "of a tool may take were used up."
            )
            return result
        try:
            pairs = parse_recordings(example.http) if example.http is not None else []
        except RecordingInvalid as error:
            result.message = str(error)
            return result
        self._first(example, pairs, result)
        if result.outcome is Outcome.RETURNED:
            self._repeat(example, pairs, result, repeats)
        return result

    def _overhead(self) -> float | None:
        """The milliseconds that an empty call in a new process takes."""
        replies = [self.session.ask(op="ping", fork=True) for _ in range(OVERHEAD_CALLS)]
        return median([milliseconds(reply.seconds) for reply in replies if reply.ok])

    def _first(self, example: ExampleRun, pairs: list[Pair], result: ExampleResult) -> None:
        """The run for correctness and memory."""
        start = self.session.ready()
        if start.outcome is not Outcome.RETURNED:
            take(start, result)
            return
        reply = self.call(example, pairs)
        take(self.session.result(reply), result)
        result.first_ms = milliseconds(reply.seconds) if reply.answer is not None else None
        replay = self.session.replay
        result.http_requests, result.http_unmatched = replay.requests, list(replay.unmatched)
        for text in result.http_unmatched[:5]:
            result.violations.append(f"It requested {text}, which the recording does not contain.")
        self.session.settle(result, reply)

    def _repeat(
        self, example: ExampleRun, pairs: list[Pair], result: ExampleResult, repeats: int
    ) -> None:
        """The runs for latency; they stop early if they take long or the sandbox ends."""
        until = time.monotonic() + min(REPEAT_SECONDS, self.session.seconds_left)
        for _ in range(repeats):
            if not self.session.loaded or time.monotonic() + result.seconds > until:
                return
            reply = self.call(example, pairs)
            if reply.ok:
                result.timings_ms.append(milliseconds(reply.seconds))
            if not reply.ok or (reply.answer or {}).get("value") != result.value:
                result.consistent = False
            result.killed = result.killed or (not reply.ok and self.session.result(reply).killed)
            self.session.settle(result, reply)

    def call(self, example: ExampleRun, pairs: list[Pair]) -> Reply:
        """Call a function once, in a new process, with the files and recording of an example."""
        self.session.replay.restart(pairs)
        self.calls += 1
        folder, names = f"{WORK}/{self.calls}", [name for name, _ in example.files]
        self.session.observation.step(example.function, example.title, folder, names)
        recorded = example.http is not None
        return self.session.ask(
            op="call",
            function=example.function,
            arguments=fill(example.arguments) if recorded else example.arguments,
            cwd=folder,
            files={name: str(self.places[path]) for name, path in example.files},
            fork=True,
            hold=True,
        )


def take(step: StepResult, result: StepResult) -> None:
    """Copy the fields of a step's result into the example's result."""
    for item in fields(StepResult):
        setattr(result, item.name, getattr(step, item.name))
