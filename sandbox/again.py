"""Runs a tool's examples again in other circumstances, to give hidden behavior a chance to show.

Once with another clock, host name and user name, watched; and once as before, unwatched. It is best
effort: a tool can wait for any other date, name or number of calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sandbox.contents import ExampleRun, place_files, plan_for
from sandbox.interpreter import interpreter
from sandbox.layers import Plan
from sandbox.limits import Limits
from sandbox.measure import ToolRun
from sandbox.observe import Kind, Observed, Seen
from sandbox.report import ExampleResult, SandboxReport
from sandbox.session import Session

DAYS = 90
LIMITS = Limits(wall_seconds=10, total_seconds=30)
MOST_EXAMPLES = 10
HOST, USER = "ws-4417", "maria"
CLOCK = "/usr/lib/*/faketime/libfaketimeMT.so.1"
NO_CLOCK = "The clock was not moved: the package libfaketime is not installed."
NETWORK = (Kind.LOOKUP, Kind.CONNECT, Kind.SEND)


@dataclass(frozen=True, slots=True)
class Again:
    """What the second runs showed.

    ``observed`` is what was seen with another clock, host and user; ``new`` is the part of it that
    needs a permission, or is a secret, and was not seen in the first run. ``unwatched`` has a
    sentence for each example that ended otherwise when nothing was reported. ``clock`` says whether
    the clock was moved.
    """

    observed: Observed
    new: tuple[Seen, ...] = ()
    unwatched: tuple[str, ...] = ()
    clock: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As JSON for the report."""
        return {
            "observed": self.observed.as_dict(),
            "unwatched": list(self.unwatched),
            "days": DAYS if self.clock else 0,
            "host": HOST,
            "user": USER,
            "why": "" if self.clock else NO_CLOCK,
        }


def run_again(
    package_dir: Path,
    *,
    report: SandboxReport,
    functions: Mapping[str, str],
    examples: Sequence[ExampleRun],
    dependencies_dir: Path | None = None,
    python: str | None = None,
) -> Again:
    """Run the first examples of ``report``, which :func:`sandbox.run_tool` made, twice more.

    Raises SandboxUnavailable if no sandbox starts.
    """
    chosen = examples[:MOST_EXAMPLES]
    places, mounts = place_files(chosen, package_dir)
    plan = plan_for(package_dir, dependencies_dir, interpreter(python), LIMITS, mounts=mounts)
    clock = next(iter(sorted(Path("/").glob(CLOCK.lstrip("/")))), None)
    _, observed = run(disguised(plan, clock), functions, chosen, places, watched=True)
    plain, _ = run(plan, functions, chosen, places, watched=False)
    return Again(
        observed,
        tuple(new_in(observed, report.observed)),
        tuple(otherwise(report, plain)),
        clock is not None,
    )


def run(
    plan: Plan,
    functions: Mapping[str, str],
    examples: Sequence[ExampleRun],
    places: Mapping[Path, Path],
    *,
    watched: bool,
) -> tuple[list[ExampleResult], Observed]:
    """Each example once, in one sandbox."""
    loopback = any(example.http is not None for example in examples)
    with Session(plan, dict(functions), loopback=loopback, watched=watched) as session:
        steps = ToolRun(session, places, lambda _: None)
        load = steps.loads(0).load
        results = [steps.example(example, load, 0) for example in examples]
        return results, session.observation.observed()


def disguised(plan: Plan, clock: Path | None) -> Plan:
    """``plan`` on another machine of another user and, with a library for it, 90 days later."""
    names = {"USER": USER, "LOGNAME": USER}
    later = {
        "LD_PRELOAD": str(clock),
        "FAKETIME": f"+{DAYS}d",
        "DONT_FAKE_MONOTONIC": "1",  # timeouts stay what they are
    }
    return replace(plan, host=HOST, environment={**names, **(later if clock else {})})


def new_in(later: Observed, first: Observed) -> list[Seen]:
    """What matters and was seen only later; a secret counts where its file or variable does."""
    known = {(item.kind, item.target, item.function) for item in first.seen}
    return [
        item
        for item in later.seen
        if (item.permission or item.kind is Kind.SECRET)
        and (item.kind, item.target, item.function) not in known
    ]


def otherwise(report: SandboxReport, plain: Sequence[ExampleResult]) -> list[str]:
    """The examples that ended otherwise unwatched, as sentences.

    Examples that used the network are left out: unwatched, nothing answers there.
    """
    online = {(item.function, item.example) for item in report.observed.of(*NETWORK)}
    return [
        f"{first.function}: {first.title} {first.outcome} watched and {second.outcome} unwatched."
        for first, second in zip(report.examples, plain, strict=False)
        if first.outcome is not second.outcome
        and not {first.killed, second.killed} & {True}
        and not {(first.function, first.title), ("", "")} & online
    ]
