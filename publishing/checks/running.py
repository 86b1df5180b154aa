"""Install a tool's dependencies and run its offline examples on one Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

import sandbox
from catalog.models import Release
from core.store import public_store
from lumos.package.findings import Finding
from publishing.checks.base import Workspace
from publishing.checks.examples import Case, compared, not_run, offline_examples
from publishing.dependencies import Unavailable, closure
from publishing.rulebook import RULES
from sandbox import Interpreter, SandboxReport

_UNAVAILABLE = sandbox.InstallResult(
    ok=False,
    target=Path(),
    message="It has no release that can be installed.",
    why="It is a tool of this marketplace that was withdrawn or never published. Tools are never "
    "installed from another index.",
    fix="Depend on a release that can be installed, or on another tool.",
)


@dataclass(frozen=True, slots=True)
class Run:
    """A tool on one Python. ``report`` is None if its dependencies could not be installed."""

    python: Interpreter
    findings: tuple[Finding, ...]
    report: SandboxReport | None = None
    results: tuple[dict[str, Any], ...] = ()
    dependencies: Path | None = None
    cases: tuple[Case, ...] = ()

    @property
    def passed(self) -> int:
        """How many examples passed."""
        return sum(1 for row in self.results if row["passed"])

    def as_dict(self) -> dict[str, Any]:
        """As JSON for the report."""
        return {
            "python": self.python.version,
            "sandbox": self.report.as_dict() if self.report else None,
            "results": list(self.results),
        }


def run_on(workspace: Workspace, python: Interpreter) -> Run:
    """Install the dependencies and run every offline example on one Python."""
    wheel = workspace.wheel
    cases = list(offline_examples(wheel, workspace.folder, workspace.withheld))
    installed = _install(workspace, python)
    if isinstance(installed, Finding):
        return Run(python, (installed,), results=tuple(not_run(case) for case in cases))
    workspace.report(f"Running {len(cases)} examples in the sandbox on Python {python.minor}")
    report = sandbox.run_tool(
        workspace.withheld,
        functions={name: entry.entry for name, entry in wheel.manifest.functions.items()},
        examples=[case.run for case in cases],
        dependencies_dir=installed,
        python=str(python.executable),
        progress=workspace.report,
    )
    if report.killed:
        messages = [item.message for item in (report.load, *report.examples) if item.killed]
        raise sandbox.SandboxKilled(" ".join(dict.fromkeys(messages)))
    results = [
        compared(case, outcome) for case, outcome in zip(cases, report.examples, strict=True)
    ]
    return Run(
        python,
        tuple(result.finding for result in results if result.finding),
        report,
        tuple(result.as_dict() for result in results),
        installed,
        tuple(cases),
    )


def run_again_on(
    workspace: Workspace, run: Run, findings: Sequence[Finding]
) -> sandbox.Again | None:
    """Run the examples again in other circumstances; None if they failed the first time."""
    if run.report is None or not run.cases or any(finding.blocking for finding in findings):
        return None
    workspace.report("Running the examples with another clock, host and user")
    entries = workspace.wheel.manifest.functions.items()
    return sandbox.run_again(
        workspace.withheld,
        report=run.report,
        functions={name: entry.entry for name, entry in entries},
        examples=[case.run for case in run.cases],
        dependencies_dir=run.dependencies,
        python=str(run.python.executable),
    )


def _install(workspace: Workspace, python: Interpreter) -> Path | Finding:
    """Install all dependencies into a folder; a finding if that fails."""
    target = workspace.spare / f"dependencies-{python.minor}"
    target.mkdir()
    try:
        tools, others = closure(workspace.wheel.metadata.requirements)
    except Unavailable as missing:
        return _not_installed([str(missing)], _UNAVAILABLE)
    if not tools and not others:
        return target
    names = [*(release.tool.full_name for release in tools), *others]
    workspace.report(f"Installing {', '.join(names)} for Python {python.minor}")
    wheels = [_fetched(release, workspace.spare) for release in tools]
    result = sandbox.install_dependencies(
        [*wheels, *others],
        target,
        index_url=settings.PYTHON_INDEX or None,
        python=str(python.executable),
    )
    return target if result.ok else _not_installed(names, result)


def _fetched(release: Release, folder: Path) -> Path:
    path = folder / release.filename
    if not path.exists():  # already fetched for another Python
        public_store().get_to_file(release.file_key, path)
    return path


def _not_installed(names: list[str], result: sandbox.InstallResult) -> Finding:
    return RULES["dependency/not-installed"].finding(
        f"The dependencies ({', '.join(names)}) cannot be installed: {result.message}",
        "METADATA",
        fix=result.fix,
        evidence={"output": result.output[-2000:]},
    )
