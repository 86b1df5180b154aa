"""Testing: the tool runs, in the sandbox, and what it returns is compared out here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings

import sandbox
from core import jobs
from core.models import Heartbeat
from lumos.package.findings import Effect, Finding, Severity
from lumos.package.functions import from_generator, parse_functions, same_meaning
from lumos.package.wheel import Wheel
from publishing.checks.base import Outcome, Verdict, Workspace
from publishing.checks.pythons import pythons_for
from publishing.checks.running import Run, run_on
from publishing.rulebook import RULES
from sandbox import Interpreter

#: functions.json around its functions; the generator's version does not change their meaning.
HEADER = {"schema": 1, "generator": "the marketplace"}

#: How often a check whose sandbox was killed is tried, before people decide.
KILLED_TRIES = 3


def check(workspace: Workspace) -> Outcome:
    """Install the dependencies, run every offline example, compare, describe the functions.

    The first Python decides; what fails on another one costs points, and the finding says so:
    which other Pythons a worker has is not the publisher's doing.
    """
    try:
        return _tested(workspace)
    except sandbox.SandboxKilled:
        if jobs.attempt() < KILLED_TRIES:
            raise  # the job is tried again
        return _killed(workspace)


def _tested(workspace: Workspace) -> Outcome:
    status = sandbox.status()
    note_sandbox(works=status.available)
    if not status.available:
        return _untested("sandbox unavailable", f"The sandbox is unavailable ({status.reason})")
    pythons = pythons_for(workspace.wheel)
    if not pythons:
        return _untested(*_no_python(workspace.wheel))
    first = run_on(workspace, pythons[0])
    findings = [*first.findings, *_described(workspace, first)]
    others = []
    if not any(finding.blocking for finding in findings):
        others = [run_on(workspace, python) for python in pythons[1:]]
    findings += [_elsewhere(run, finding) for run in others for finding in run.findings]
    evidence = {
        **first.as_dict(),
        "others": [run.as_dict() for run in others],
        "not_run": _online(workspace),
    }
    return Outcome.of(_message([first, *others]), tuple(findings), evidence)


def note_sandbox(*, works: bool) -> None:
    """Tell /readyz whether the worker that runs tools has a sandbox."""
    if works:
        Heartbeat.objects.filter(name="no_sandbox").delete()
    else:
        Heartbeat.beat("no_sandbox")


def _killed(workspace: Workspace) -> Outcome:
    """Nobody knows who killed it, so a moderator decides."""
    finding = RULES["example/killed"].finding(
        f"The process that runs the examples was killed in {KILLED_TRIES} of {KILLED_TRIES} tries. "
        "No limit explains it: neither memory, nor processor time, nor the wall clock.",
        f"{workspace.wheel.tool.import_package}/tool.toml",
    )
    message = "the sandbox was killed in every try"
    return Outcome.of(message, (finding,), {})


def _message(runs: list[Run]) -> str:
    passed, total = sum(run.passed for run in runs), sum(len(run.results) for run in runs)
    what = "runs" if len(runs) > 1 else "examples"
    pythons = ", ".join(run.python.minor for run in runs)
    return f"{passed} of {total} {what} passed in the sandbox on Python {pythons}"


def _no_python(wheel: Wheel) -> tuple[str, str]:
    wanted = wheel.metadata.requires_python or "any"
    return (
        f"no Python for it here (it wants {wanted}, {', '.join(wheel.tags)})",
        f"No Python of this marketplace fits (Requires-Python: {wanted}; tags of the wheel: "
        f"{', '.join(wheel.tags)})",
    )


def _untested(message: str, reason: str) -> Outcome:
    hold = settings.UNTESTED == "hold"
    return Outcome(
        f"not run: {message}",
        evidence={"unavailable": reason},
        verdict=Verdict.HOLD if hold else Verdict.GO_ON,
        not_run=True,
        why=f"{reason}, and this marketplace publishes nothing untested." if hold else "",
    )


def _elsewhere(run: Run, finding: Finding) -> Finding:
    """A failure on a Python that does not decide."""
    return replace(
        finding,
        message=f"On Python {run.python.version}: {finding.message}",
        severity=Severity.MEDIUM,
        fix=f"{finding.fix} Or narrow requires-python, if the tool is not for this Python.",
        effect=Effect.LOWER,
    )


def _described(workspace: Workspace, run: Run) -> Iterator[Finding]:
    """functions.json against what the code says of itself, by meaning."""
    if run.dependencies is None:
        return
    if run.python != sandbox.interpreter():
        yield _not_compared(workspace, run.python)
        return
    workspace.report("comparing functions.json with the code")
    manifest = workspace.wheel.manifest
    file = f"{workspace.wheel.tool.import_package}/functions.json"
    try:
        described = sandbox.describe_tool(
            workspace.folder,
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
            "functions.json (the first) does not say what the code (the second) does: "
            f"{differences[0]}",
            file,
            evidence={"differences": differences},
        )


def _not_compared(workspace: Workspace, python: Interpreter) -> Finding:
    """The generator lives in the worker's own environment, so it runs on the worker's Python."""
    own = sandbox.interpreter().minor
    return RULES["schema/not-compared"].finding(
        f"Not checked: whether functions.json says what the code says. The marketplace "
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
