"""What the moderators' desk shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Namespace, User
from catalog.highlighting import language_of, render_code
from lumos.package.findings import Finding
from lumos.package.masking import masker_of
from marketplace.presenters.notes import grouped
from publishing.comparison import difference, stored_wheel
from publishing.models import Case, CaseKind, Decision, Publication, Verdict
from publishing.moderation import cases, facts
from publishing.moderation.decisions import approvals_needed
from publishing.moderation.risk import Facts
from publishing.rulebook import with_effect
from publishing.states import State
from publishing.uploads import spare_folder

EARLIER = 10
#: A larger file is not shown in the source browser, and neither is a binary one.
MAX_SOURCE = 400_000
#: Reasons to choose from; a moderator can also write one.
APPROVE_REASONS = (
    _("The findings are false alarms."),
    _("What it does is explained by its purpose."),
    _("The publisher’s answer explains the findings."),
)
REJECT_REASONS = (
    _("It does something that its description does not say."),
    _("It must declare the permissions that it uses."),
    _("Its code can’t be reviewed."),
)
KEEP_REASONS = (_("The report is not confirmed."), _("It follows the rules."))
QUARANTINE_REASONS = (
    _("The report is confirmed: it does harm."),
    _("The report is confirmed: it breaks the rules."),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the two decisions with its form: key on the keyboard, labels and reasons."""

    verdict: str
    key: str
    label: Any
    reasons: tuple[Any, ...]
    is_danger: bool = False


def figures() -> dict[str, Any]:
    """Open and overdue cases, and the median time to a decision."""
    opened = list(Case.objects.open())
    return {
        "open": len(opened),
        "overdue": sum(row.is_overdue for row in opened),
        "median": cases.median_time(),
        "hours": settings.MODERATION_HOURS,
    }


def kinds(*, closed: bool) -> list[tuple[str, int]]:
    """(kind, cases) of each kind, open or closed."""
    rows = Case.objects.filter(closed_at__isnull=not closed).values_list("kind", flat=True)
    counts = Counter(rows)
    return [(kind, counts[kind]) for kind in CaseKind.values]


def case_page(row: Case, *, by: User) -> dict[str, Any]:
    """The context of a case's page, for a report or a publication."""
    about = _of_publication(row.publication) if row.publication else _of_report(row)
    namespace = _namespace(row)
    made = list(row.decisions.select_related("moderator"))
    return {
        "case": row,
        "crumbs": [(_("Moderation"), reverse("moderation"))],
        "here": f"{row.tool_name} {row.version}".strip(),
        "record": facts.record_of(namespace),
        "namespace": namespace,
        "earlier": _earlier(row, namespace),
        "made": made,
        "may_decide": row.closed_at is None and all(one.moderator_id != by.pk for one in made),
        "is_own": row.publication is not None and row.publication.uploader_id == by.pk,
        "choices": _choices(row),
        **about,
    }


def _namespace(row: Case) -> Namespace:
    if row.publication is not None:
        return row.publication.namespace
    assert row.report is not None
    return row.report.tool.namespace


def _choices(row: Case) -> tuple[Choice, Choice]:
    if row.kind == CaseKind.REPORT:
        return (
            Choice(Verdict.APPROVE, "a", _("Close the report"), KEEP_REASONS),
            Choice(Verdict.REJECT, "r", _("Quarantine"), QUARANTINE_REASONS, is_danger=True),
        )
    return (
        Choice(Verdict.APPROVE, "a", _("Approve"), APPROVE_REASONS),
        Choice(Verdict.REJECT, "r", _("Reject"), REJECT_REASONS, is_danger=True),
    )


def _earlier(row: Case, namespace: Namespace) -> list[Decision]:
    """The newest decisions on other cases of the namespace."""
    made = Decision.objects.filter(case__publication__namespace=namespace)
    made |= Decision.objects.filter(case__report__tool__namespace=namespace)
    related = ("moderator", "case__publication__namespace", "case__report__tool__namespace")
    return list(made.exclude(case=row).select_related(*related).order_by("-pk")[:EARLIER])


def _of_publication(publication: Publication) -> dict[str, Any]:
    checks = {check.name: check for check in publication.checks.all()}
    findings = [
        Finding.from_dict(with_effect(data)) for row in checks.values() for data in row.findings
    ]
    scan = checks[State.SCANNING].evidence if State.SCANNING in checks else {}
    tested = checks[State.TESTING].evidence if State.TESTING in checks else {}
    messages = {finding.message for finding in findings}
    return {
        "publication": publication,
        "groups": grouped(publication, findings),
        "reasons": [reason for reason in publication.reasons if reason not in messages],
        "difference": difference(publication),
        "observed": tested.get("observed"),
        "examples": checks[State.TESTING].message if State.TESTING in checks else "",
        "found": scan.get("found", ()),
        "undeclared": scan.get("undeclared", ()),
        "needed": approvals_needed(publication),
    }


def _of_report(row: Case) -> dict[str, Any]:
    report = row.report
    assert report is not None
    release = report.tool.releases.filter(version=report.version).first() or report.tool.latest
    security = getattr(release, "security", None)
    found: Facts = facts.of_report(report)
    return {
        "report": report,
        "release": release,
        "others": report.tool.reports.exclude(pk=report.pk).order_by("-pk")[:EARLIER],
        "findings": list(security.found()) if security else [],
        "downloads": found.downloads_30d,
        "needed": 1,
    }


def source_page(publication: Publication, file: str, line: str) -> dict[str, Any] | None:
    """The files of the publication's wheel and the chosen one; None if it cannot be shown."""
    with spare_folder() as spare:
        wheel = stored_wheel(publication, spare / "wheel")
        if wheel is None or (file and file not in wheel.files):
            return None
        text = _text(wheel, file) if file else ""
    return {
        "publication": publication,
        "files": wheel.files,
        "file": file,
        "source": _rendered(text, file, line) if text else "",
        "is_unreadable": bool(file) and text is None,
    }


def _text(wheel: Any, file: str) -> str | None:
    """The file's text with secrets masked; None if it is binary or too large."""
    if wheel.archive.entry(file).size > MAX_SOURCE:
        return None
    data: bytes = wheel.archive.read(file)
    if b"\0" in data:
        return None
    text = data.decode("utf-8", "replace")
    return masker_of(wheel.archive).text(text, source=True)


def _rendered(text: str, file: str, line: str) -> SafeString:
    marked = (int(line),) if line.isascii() and line.isdigit() and len(line) < 8 else ()
    return render_code(text, language_of(file), first_line=1, marked=marked)
