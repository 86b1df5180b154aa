"""Try a tool's functions in the sandbox with the inputs that were made for them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lumos.package.trials import NEEDED, FailureKind, FunctionTrials, TrialFailure, TrialReport
from sandbox.contents import ExampleRun, place_files, plan_for
from sandbox.interpreter import interpreter
from sandbox.limits import MIB, Limits
from sandbox.measure import ToolRun
from sandbox.observe import Kind, Observed
from sandbox.replay import RecordingInvalid, fill, parse_recordings
from sandbox.report import Outcome, StepResult, storable
from sandbox.session import Session
from sandbox.status import require
from sandbox.trials.formats import fits_schema
from sandbox.trials.generation import PER_FUNCTION, Generated, Generation
from sandbox.trials.judge import Judgment, Verdict, judge
from sandbox.trials.shrinking import smaller
from sandbox.trials.subject import Subject

#: For all calls together on one Python; functions with too few inputs to count get the longer.
SECONDS, LONGER_SECONDS = 4.0, 10.0
CALL_SECONDS = 2.0
SHORT_SECONDS = 0.75  # for each call after one that timed out
MOST_HANGS = 3
USUAL_OVERHEAD_MS = 6.0  # of an empty call, on an idle machine
MOST_SLOWED = 4.0
SHRINK_CALLS = 20
SHRINK_CALLS_IN_ALL = 40
SHOWN_FAILURES = 3
REPEATED = 5
SHOWN_BYTES = 4096
STEP = "trial"  # as what is seen in these calls is marked
REDUCED_SECONDS, REDUCED_LONGER = 1.0, 3.0
LIMITS = Limits(output_bytes=MIB, total_seconds=60.0)

Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pace:
    """How slow the machine and the tool are, so that neither changes what is tried.

    ``overhead_ms`` is what an empty call takes, ``slowest_ms`` the longest example; both in
    milliseconds.
    """

    overhead_ms: float = 0.0
    slowest_ms: float = 0.0

    @property
    def factor(self) -> float:
        """By how much all times are longer than on an idle machine, at most ``MOST_SLOWED``."""
        return min(MOST_SLOWED, max(1.0, self.overhead_ms / USUAL_OVERHEAD_MS))

    def allowed(self, seconds: float) -> float:
        """The time for one call, at least several times that of the slowest example."""
        return max(seconds * self.factor, 2 * seconds * self.slowest_ms / 1000)


@dataclass
class Tally:
    """What was counted for one function."""

    subject: Subject
    generated: Generated
    counts: Counter[Verdict] = field(default_factory=Counter)
    failed: list[tuple[Judgment, Arguments, int | None]] = field(default_factory=list)
    hangs: int = 0
    stopped: str = ""

    @property
    def taken(self) -> int:
        """How many inputs it did not refuse."""
        return self.counts[Verdict.ACCEPTED] + self.counts[Verdict.FAILED]

    @property
    def over(self) -> bool:
        """Whether the function is not tried any more."""
        return bool(self.stopped)


class TrialRun:
    """Tries functions in turn within one session, and shares its time between them."""

    def __init__(self, tool: ToolRun, pace: Pace, *, full: bool = True) -> None:
        self.tool, self.session, self.pace = tool, tool.session, pace
        seconds, longer = (SECONDS, LONGER_SECONDS) if full else (REDUCED_SECONDS, REDUCED_LONGER)
        now = time.monotonic()
        self.end, self.last = now + pace.factor * seconds, now + pace.factor * longer
        self.shrink_calls = SHRINK_CALLS_IN_ALL if full else 0
        self.call_seconds = pace.allowed(CALL_SECONDS)

    def try_all(self, tallies: Sequence[Tally], count: int) -> None:
        """Give each function its first ``count`` inputs, one input of each function in turn."""
        for number in range(count):
            for tally in tallies:
                if tally.over or number >= len(tally.generated.trials):
                    continue
                if time.monotonic() > (self.end if tally.taken >= NEEDED else self.last):
                    tally.stopped = "The time for trials was used up."
                    continue
                self._try(tally, *tally.generated.trials[number])

    def _try(self, tally: Tally, arguments: Arguments, example: int | None) -> None:
        judgment, result = self.call(tally, arguments, example)
        if judgment is None:
            return
        if judgment.verdict is Verdict.ACCEPTED and self._changes(
            tally, arguments, example, result
        ):
            text = "It returned another result for the same input."
            judgment = Judgment(Verdict.FAILED, FailureKind.CHANGED, text)
        tally.counts[judgment.verdict] += 1
        if judgment.failed:
            tally.failed.append((judgment, arguments, example))
        if judgment.kind is FailureKind.HANG:
            tally.hangs += 1
            self.call_seconds = self.pace.allowed(SHORT_SECONDS)
            if tally.hangs == MOST_HANGS:
                tally.stopped = f"Stopped after {MOST_HANGS} inputs without an answer."

    def call(
        self, tally: Tally, arguments: Arguments, example: int | None
    ) -> tuple[Judgment | None, StepResult]:
        """Call the function once; no judgment if our own process was killed, or does not start."""
        start = self._ready()
        if start.outcome is not Outcome.RETURNED:
            tally.stopped = f"The tool does not load. {start.message}"
            return None, start
        for _ in range(2):
            result, unanswered = self._answer(tally.subject, arguments, example)
            if not result.killed:
                break
        if result.killed:  # twice with this input: the tool does it
            result = replace(result, outcome=Outcome.CRASHED, signal="SIGKILL")
        raises = tally.generated.raises
        return judge(result, tally.subject, raises, unanswered=unanswered), result

    def _answer(
        self, subject: Subject, arguments: Arguments, example: int | None
    ) -> tuple[StepResult, bool]:
        self._ready()
        run = ExampleRun(subject.name, STEP, arguments)
        pairs = []
        if example is not None:
            source = subject.examples[example]
            run = replace(run, files=source.files, http=source.http)
            try:
                pairs = parse_recordings(source.http) if source.http is not None else []
            except RecordingInvalid as error:
                return StepResult(Outcome.COULD_NOT_START, str(error)), False
        watched = subject.needs.network and run.http is None
        before = self._requests() if watched else 0
        self._allow(self.call_seconds)
        reply = self.tool.call(run, pairs)
        result = self.session.result(reply)
        self.session.settle(result, reply)
        asked = watched and self._requests() > before
        return result, asked or bool(self.session.replay.unmatched)

    def _requests(self) -> int:
        """How often the tool was seen to use a network."""
        seen = self.session.observation.observed().of(Kind.LOOKUP, Kind.CONNECT, Kind.SEND)
        return sum(item.count for item in seen)

    def _changes(
        self, tally: Tally, arguments: Arguments, example: int | None, first: StepResult
    ) -> bool:
        """Whether a function that is declared deterministic gives another result now."""
        if not tally.subject.deterministic or tally.counts[Verdict.ACCEPTED] >= REPEATED:
            return False
        judgment, again = self.call(tally, arguments, example)
        returned = judgment is not None and again.outcome is Outcome.RETURNED
        return returned and again.value != first.value

    def failures(self, tally: Tally) -> tuple[TrialFailure, ...]:
        """The failures, grouped by kind, the most frequent first, with small inputs."""
        groups: dict[tuple[FailureKind | None, str], list[Any]] = {}
        for item in tally.failed:
            groups.setdefault((item[0].kind, item[0].error_type), []).append(item)
        frequent = sorted(groups.values(), key=len, reverse=True)[:SHOWN_FAILURES]
        return tuple(self._shown(tally, group) for group in frequent)

    def _shown(self, tally: Tally, group: list[Any]) -> TrialFailure:
        judgment, arguments, example = min(group, key=lambda item: len(json.dumps(item[1])))
        if judgment.kind not in (FailureKind.HANG, FailureKind.CHANGED):
            judgment, arguments = self._smaller(tally, judgment, arguments, example)
        assert judgment.kind is not None
        return TrialFailure(
            kind=judgment.kind,
            error=storable(judgment.error[:500]),
            input=_cut(storable(arguments)),
            count=len(group),
        )

    def _smaller(
        self, tally: Tally, judgment: Judgment, arguments: Arguments, example: int | None
    ) -> tuple[Judgment, Arguments]:
        """A smaller input that fails in the same way, with what it then says."""
        calls = min(SHRINK_CALLS, self.shrink_calls)
        best = [judgment]
        kept = tally.subject.kept(example)

        def fails(candidate: Arguments) -> bool:
            self.shrink_calls -= 1
            if time.monotonic() > self.last:
                return False
            found, _ = self.call(tally, candidate, example)
            same = found is not None and judgment.same_failure(found)
            if same and found is not None:
                best[0] = found
            return same

        def fits(candidate: Any) -> bool:
            same = all(candidate.get(name) == value for name, value in kept.items())
            return same and fits_schema(fill(candidate), tally.subject.spec.input_schema)

        smallest = smaller(arguments, fails, fits, calls=calls)
        return best[0], smallest

    def _ready(self) -> StepResult:
        """Make sure that the tool is loaded, which may take longer than a call."""
        self._allow(LIMITS.wall_seconds)
        return self.session.ready()

    def _allow(self, seconds: float) -> None:
        self.session.limits = replace(self.session.limits, wall_seconds=seconds)


def run_trials(
    package_dir: Path,
    *,
    generation: Generation,
    dependencies_dir: Path | None = None,
    python: str | None = None,
    pace: Pace | None = None,
    full: bool = True,
) -> tuple[TrialReport, Observed]:
    """Try a tool's functions in the sandbox with the inputs of ``generation``.

    Returns the report, and what the tool was seen to do meanwhile. Unless ``full``, each function
    gets ``NEEDED`` inputs, and failing ones are not made smaller. Never raises for what the tool
    does. Raises SandboxUnavailable where a layer is missing.
    """
    require()
    subjects, generated = generation.subjects, generation.collect()
    began = time.monotonic()
    tallies = [
        Tally(subject, generated[subject.name]) for subject in subjects if subject.name in generated
    ]
    examples = [example for tally in tallies for example in tally.subject.examples]
    places, mounts = place_files(examples, package_dir)
    found = interpreter(python)
    plan = plan_for(package_dir, dependencies_dir, found, LIMITS, mounts=mounts)
    entries = {tally.subject.name: tally.subject.entry for tally in tallies}
    loopback = any(example.http is not None for example in examples)
    with Session(plan, entries, loopback=loopback) as session:
        tool = ToolRun(session, places, lambda _: None)
        run = TrialRun(tool, pace or Pace(), full=full)
        run.try_all(tallies, PER_FUNCTION if full else NEEDED)
        needed = NEEDED if full else 1
        tried = {
            tally.subject.name: summary(tally, run.failures(tally), needed) for tally in tallies
        }
    report = TrialReport(
        python=found.version,
        seed=generation.seed,
        functions=tuple(tried.get(item.name) or _not_tried(item) for item in subjects),
        seconds=round(time.monotonic() - began, 3),
    )
    return report, session.observation.observed()


def summary(tally: Tally, failures: tuple[TrialFailure, ...], needed: int) -> FunctionTrials:
    """The counts of one function; they count where it took ``needed`` inputs, or always hangs."""
    counts, limits = tally.counts, [tally.stopped] if tally.stopped else []
    if counts[Verdict.BLOCKED]:
        blocked = counts[Verdict.BLOCKED]
        limits.append(f"{blocked} inputs need what the sandbox does not have, such as a network.")
    few = f"It took {tally.taken} inputs without refusing them; {needed} are needed."
    return FunctionTrials(
        function=tally.subject.name,
        tried=counts.total(),
        accepted=counts[Verdict.ACCEPTED],
        refused=counts[Verdict.REFUSED],
        blocked=counts[Verdict.BLOCKED],
        failed=counts[Verdict.FAILED],
        not_measured="" if tally.taken >= needed or tally.hangs >= MOST_HANGS else few,
        limits=" ".join(limits),
        failures=failures,
    )


def _not_tried(subject: Subject) -> FunctionTrials:
    why = subject.not_tried or "No inputs could be made for its schema in the time for that."
    return FunctionTrials(function=subject.name, not_measured=why)


def _cut(arguments: Any) -> Arguments:
    """The arguments as they are stored: long texts and lists cut, so that they stay readable."""
    size = len(json.dumps(arguments))
    return arguments if size <= SHOWN_BYTES else {k: _cut_value(v) for k, v in arguments.items()}


def _cut_value(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= 200 else f"{value[:200]}… ({len(value):,} characters)"
    if isinstance(value, list):
        more = [f"… ({len(value):,} items)"] if len(value) > 5 else []
        return [*map(_cut_value, value[:5]), *more]
    if isinstance(value, dict):
        return {key: _cut_value(part) for key, part in list(value.items())[:20]}
    return value
