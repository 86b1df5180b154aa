"""The marketplace's own trials: each function called with inputs made from its schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.crypto import salted_hmac

from lumos.package.manifest.permissions import Permission
from lumos.package.manifest.reader import FunctionEntry
from lumos.package.trials import TrialReport
from lumos.package.wheel import Wheel
from publishing.checks.base import Workspace
from publishing.checks.examples import Case, offline_examples
from publishing.checks.running import Run
from sandbox.observe import Observed
from sandbox.trials.generation import Generation
from sandbox.trials.run import Pace, run_trials
from sandbox.trials.subject import Needs, Subject

SALT = "publishing.checks.trying"
FILES = frozenset({"file-read", "file-write"})


def seed_of(sha256: str) -> str:
    """The seed of a wheel's trials: repeatable here, unknown before the wheel is uploaded."""
    return salted_hmac(SALT, sha256, algorithm="sha256").hexdigest()


class Trials:
    """The trials of one wheel, whose inputs are being made while the examples run."""

    def __init__(self, workspace: Workspace, generation: Generation) -> None:
        self._workspace, self._generation = workspace, generation

    def on(self, run: Run, *, full: bool) -> TrialReport | None:
        """Try every function on the Python of a run; None where its dependencies are missing.

        Unless ``full``, with few inputs. What was seen meanwhile is added to the run's report.
        """
        if run.report is None:
            return None
        self._workspace.report(f"Trying the functions on Python {run.python.minor}")
        times = [example.first_ms or 0.0 for example in run.report.examples]
        pace = Pace(run.report.overhead_ms or 0.0, max(times, default=0.0))
        report, observed = run_trials(
            self._workspace.withheld,
            generation=self._generation,
            dependencies_dir=run.dependencies,
            python=str(run.python.executable),
            pace=pace,
            full=full,
        )
        run.report.observed = Observed.joined([run.report.observed, observed])
        return report


@contextmanager
def begun(workspace: Workspace) -> Iterator[Trials]:
    """Begin to make the inputs; the process that does so ends with the block."""
    wheel = workspace.wheel
    cases = list(offline_examples(wheel, workspace.folder, workspace.withheld))
    subjects = [_subject(wheel, entry, cases) for entry in wheel.manifest.functions.values()]
    with Generation(workspace.withheld, subjects, seed_of(wheel.sha256)) as generation:
        yield Trials(workspace, generation)


def _subject(wheel: Wheel, entry: FunctionEntry, cases: Iterable[Case]) -> Subject:
    own = [case for case in cases if case.function == entry.name]
    spec = next(spec for spec in wheel.functions if spec.name == entry.name)
    return Subject(
        spec=spec,
        entry=entry.entry,
        examples=[case.run for case in own],
        needs=_needs(wheel, wheel.manifest.permissions),
        deterministic=bool(entry.deterministic),
        not_tried="Its examples need a network or a secret (offline = false)."
        if entry.examples and not own
        else "",
    )


def _needs(wheel: Wheel, permissions: Iterable[Permission]) -> Needs:
    kinds = {permission.kind for permission in permissions}
    settings = wheel.manifest.settings.values()
    return Needs(
        network="network" in kinds,
        files=not kinds.isdisjoint(FILES),
        settings=tuple(setting.name for setting in settings if setting.required),
    )


def told(reports: Iterable[TrialReport]) -> str:
    """The trials in a few words, for the step's message; empty where there were none."""
    rows: list[Any] = [row for report in reports for row in report.functions]
    tried, failed = sum(row.tried for row in rows), sum(row.failed for row in rows)
    return f"{failed} of {tried} trials failed; " if tried else ""
