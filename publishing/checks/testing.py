"""The testing step: run the tool in the sandbox and compare the results outside of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

from django.conf import settings

import sandbox
from core import jobs
from core.models import Heartbeat
from lumos.package.findings import Effect, Finding, Severity
from lumos.package.functions import from_generator, parse_functions, same_meaning
from lumos.package.wheel import Wheel
from publishing.checks import trying
from publishing.checks.base import Outcome, Verdict, Workspace
from publishing.checks.observing import findings_of_again, findings_on
from publishing.checks.pythons import pythons_for
from publishing.checks.running import Run, run_again_on, run_on
from publishing.rulebook import RULES
from sandbox import Interpreter
from sandbox.observe import Observed

#: The other fields of functions.json; they do not affect the comparison.
HEADER = {"schema": 1, "generator": "the marketplace"}

#: Attempts of a check whose sandbox is killed, before it is held for review.
KILLED_TRIES = 3


def check(workspace: Workspace) -> Outcome:
    """Install the dependencies, run the offline examples, compare functions.json with the code.

    Only failures on the first Python block: the publisher does not know which others a worker has.
    Failures on those lower the score.
    """
    try:
        return _tested(workspace)
    except sandbox.SandboxKilled:
        if jobs.attempt() < KILLED_TRIES:
            raise  # the job is retried
        return _killed(workspace)


def _tested(workspace: Workspace) -> Outcome:
    status = sandbox.status()
    note_sandbox(works=status.available)
    if not status.available:
        return _untested("sandbox unavailable", f"The sandbox is unavailable ({status.reason})")
    pythons = pythons_for(workspace.wheel)
    if not pythons:
        return _untested(*_no_python(workspace.wheel))
    with trying.begun(workspace) as trials:
        first = run_on(workspace, pythons[0])
        findings = [*first.findings, *_described(workspace, first)]
        others, tried = [], []
        if not any(finding.blocking for finding in findings):
            others = [run_on(workspace, python) for python in pythons[1:]]
            tried = [trials.on(run, full=run is first) for run in (first, *others)]
    runs, reports = [first, *others], [report for report in tried if report]
    observed = Observed.joined(run.report.observed for run in runs if run.report)
    again = run_again_on(workspace, first, findings)
    if again is not None:
        observed = Observed.joined((observed, again.observed))
        findings += findings_of_again(workspace.wheel, again)
    findings += findings_on(workspace.wheel, observed, first.cases)
    findings += [_not_blocking(run, finding) for run in others for finding in run.findings]
    evidence = {
        **first.as_dict(),
        "observed": observed.as_dict(),
        "again": again.as_dict() if again else None,
        "others": [run.as_dict() for run in others],
        "not_run": _online(workspace),
        "trials": [asdict(report) for report in reports],
    }
    message = trying.told(reports) + _message(runs)
    return Outcome.of(message, tuple(findings), evidence)


def note_sandbox(*, works: bool) -> None:
    """Record for /readyz whether this worker has a sandbox."""
    if works:
        Heartbeat.objects.filter(name="no_sandbox").delete()
    else:
        Heartbeat.beat("no_sandbox")


def _killed(workspace: Workspace) -> Outcome:
    """Hold the publication, because the cause is unknown."""
    finding = RULES["example/killed"].finding(
        f"The process that runs the examples was killed at each of {KILLED_TRIES} attempts. "
        "It did not exceed its limits of memory, processor time or time.",
        f"{workspace.wheel.tool.import_package}/tool.toml",
    )
    message = "The sandbox was killed at every attempt"
    return Outcome.of(message, (finding,), {})


def _message(runs: list[Run]) -> str:
    passed, total = sum(run.passed for run in runs), sum(len(run.results) for run in runs)
    what = "runs" if len(runs) > 1 else "examples"
    pythons = ", ".join(run.python.minor for run in runs)
    return f"{passed} of {total} {what} passed in the sandbox on Python {pythons}"


def _no_python(wheel: Wheel) -> tuple[str, str]:
    wanted = wheel.metadata.requires_python or "any"
    return (
        f"no compatible Python (requires {wanted}, {', '.join(wheel.tags)})",
        f"This marketplace has no compatible Python (Requires-Python: {wanted}; wheel tags: "
        f"{', '.join(wheel.tags)})",
    )


def _untested(message: str, reason: str) -> Outcome:
    hold = settings.UNTESTED == "hold"
    return Outcome(
        f"Not run: {message}",
        evidence={"unavailable": reason},
        verdict=Verdict.HOLD if hold else Verdict.GO_ON,
        not_run=True,
        why=f"{reason}. This marketplace does not publish untested tools." if hold else "",
    )


def _not_blocking(run: Run, finding: Finding) -> Finding:
    """A failure on a Python other than the first one."""
    return replace(
        finding,
        message=f"On Python {run.python.version}: {finding.message}",
        severity=Severity.MEDIUM,
        fix=f"{finding.fix} Or exclude this Python in requires-python.",
        effect=Effect.LOWER,
    )


def _described(workspace: Workspace, run: Run) -> Iterator[Finding]:
    """Findings where functions.json differs in meaning from the functions in the code."""
    if run.dependencies is None:
        return
    if run.python != sandbox.interpreter():
        yield _not_compared(workspace, run.python)
        return
    workspace.report("Comparing functions.json with the code")
    manifest = workspace.wheel.manifest
    file = f"{workspace.wheel.tool.import_package}/functions.json"
    try:
        described = sandbox.describe_tool(
            workspace.withheld,
            functions={name: entry.entry for name, entry in manifest.functions.items()},
            hints={name: entry.hints for name, entry in manifest.functions.items()},
            dependencies_dir=run.dependencies,
        )
    except sandbox.DescriptionFailed as failed:
        for problem in failed.findings:
            yield from_generator(problem, file)
        return
    from_code = parse_functions(json.dumps({**HEADER, "functions": described}))
    differences = same_meaning(workspace.wheel.functions, from_code)
    if differences:
        yield RULES["schema/differs-from-code"].finding(
            f"functions.json (first) differs from the code (second): {differences[0]}",
            file,
            evidence={"differences": differences},
        )


def _not_compared(workspace: Workspace, python: Interpreter) -> Finding:
    """The generator is installed for the worker's Python only, so other Pythons cannot run it."""
    own = sandbox.interpreter().minor
    return RULES["schema/not-compared"].finding(
        f"Not checked: whether functions.json matches the code. The marketplace "
        f"compares them on Python {own}, and this tool was tested on {python.minor}.",
        f"{workspace.wheel.tool.import_package}/functions.json",
        fix=f"Nothing is wrong. If the tool also supports Python {own}, they are compared.",
    )


def _online(workspace: Workspace) -> list[str]:
    return [
        f"{name}: {example.title}"
        for name, entry in workspace.wheel.manifest.functions.items()
        for example in entry.examples
        if not example.offline
    ]
