"""Open and close cases as publications enter and leave review; places in the queue; figures."""

from __future__ import annotations

import datetime as dt
import statistics

from django.utils import timezone

from publishing.models import Case, CaseKind, Publication, Report
from publishing.moderation import facts
from publishing.moderation.risk import Facts, risk_of
from publishing.states import State

#: How far back the median time to a decision looks.
FIGURES = dt.timedelta(days=90)


def follow(publication: Publication, source: State, to: State, *, approved: bool) -> None:
    """Open or close the publication's case after a move; call it in the move's transaction."""
    if publication.dry_run:
        return
    if to is State.HELD:
        kind = CaseKind.APPEAL if source is State.REJECTED else CaseKind.HELD
        _open(kind, facts.of_publication(publication), publication=publication)
    elif source is State.HELD:
        close(publication.cases.open().first(), _outcome(to, approved=approved))


def _outcome(to: State, *, approved: bool) -> str:
    if to is State.REJECTED:
        return "rejected"
    return "approved" if approved else "withdrawn"


def open_for_report(report: Report) -> Case:
    """Open the case of a report, and raise the risk of what is held of the same tool."""
    case = _open(CaseKind.REPORT, facts.of_report(report), report=report)
    held = Case.objects.open().filter(publication__distribution=report.tool.distribution)
    for other in held.select_related("publication__namespace"):
        if other.publication is not None:
            assess(other, facts.of_publication(other.publication))
    return case


def _open(
    kind: CaseKind,
    known: Facts,
    *,
    publication: Publication | None = None,
    report: Report | None = None,
) -> Case:
    risk, parts = risk_of(known)
    return Case.objects.create(
        kind=kind,
        publication=publication,
        report=report,
        risk=risk,
        risk_parts=[part.as_dict() for part in parts],
    )


def assess(case: Case, known: Facts) -> None:
    """Compute the risk again and store it."""
    case.risk, parts = risk_of(known)
    case.risk_parts = [part.as_dict() for part in parts]
    case.save(update_fields=["risk", "risk_parts"])


def close(case: Case | None, outcome: str) -> None:
    """Close an open case; nothing to do without one."""
    if case is not None:
        Case.objects.open().filter(pk=case.pk).update(closed_at=timezone.now(), outcome=outcome)


def place_of(publication: Publication) -> tuple[int, int] | None:
    """(place in the queue from 1, open cases) of a held publication; None if it is not in it."""
    rows = list(Case.objects.open().in_order().values_list("publication_id", flat=True))
    if publication.pk not in rows:
        return None
    return rows.index(publication.pk) + 1, len(rows)


def median_time() -> dt.timedelta | None:
    """The median time to a decision over the last 90 days; None without a decision."""
    since = timezone.now() - FIGURES
    closed = Case.objects.decided().filter(closed_at__gt=since)
    times = closed.values_list("opened_at", "closed_at")
    seconds = [(end - begin).total_seconds() for begin, end in times if end is not None]
    return dt.timedelta(seconds=statistics.median(seconds)) if seconds else None
