"""The marketplace's own trials as people read them: counts, and the inputs that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from lumos.package.trials import FailureKind, FunctionTrials, TrialFailure, TrialReport

__all__ = ["FailureView", "TrialsView", "trials"]

KINDS = {
    FailureKind.CRASH: _("ended its process"),
    FailureKind.HANG: _("gave no answer"),
    FailureKind.LIMIT: _("exceeded a limit"),
    FailureKind.RESULT: _("returned something else"),
    FailureKind.ERROR: _("undocumented error"),
    FailureKind.CHANGED: _("not deterministic"),
}


@dataclass(frozen=True, slots=True)
class FailureView:
    """One way to fail: where, and how."""

    function: str
    python: str
    failure: TrialFailure

    @property
    def kind(self) -> Any:
        """How it failed, in words."""
        return KINDS[self.failure.kind]


@dataclass(frozen=True, slots=True)
class TrialsView:
    """All trials of a release: a row for each Python and function, then what failed."""

    seed: str
    rows: tuple[tuple[str, FunctionTrials], ...]
    failures: tuple[FailureView, ...]


def trials(reports: Sequence[TrialReport]) -> TrialsView | None:
    """What the reports say; None where nothing was tried."""
    if not reports:
        return None
    rows = [(report.python, row) for report in reports for row in report.functions]
    failures = [
        FailureView(row.function, python, failure)
        for python, row in rows
        for failure in row.failures
    ]
    return TrialsView(reports[0].seed, tuple(rows), tuple(_first_of_each(failures)))


def _first_of_each(failures: Sequence[FailureView]) -> list[FailureView]:
    """Each failure on the first Python that shows it."""
    known: dict[tuple[str, str, str], FailureView] = {}
    for view in failures:
        error_type = view.failure.error.partition(":")[0]
        known.setdefault((view.function, view.failure.kind, error_type), view)
    return list(known.values())
