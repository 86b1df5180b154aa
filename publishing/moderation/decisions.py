"""Moderators' decisions on held publications and on reports."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.errors import Conflict, Forbidden
from publishing import release_actions
from publishing.models import Case, Decision, Publication, Verdict
from publishing.moderation import cases
from publishing.moderation.notes import is_official
from publishing.policies import check_moderator, required_reason
from publishing.states import State
from publishing.transitions import enqueue_check, move, settle

#: How many moderators must approve an official tool, and any other.
OFFICIAL_APPROVALS = 2
APPROVALS = 1


def approvals_needed(publication: Publication) -> int:
    """How many different moderators must approve the publication."""
    return OFFICIAL_APPROVALS if is_official(publication) else APPROVALS


def approve(*, by: User, publication: Publication, reason: str) -> bool:
    """Approve a held publication; True once enough moderators have, else others must follow.

    The checks then run again without holding it. It is still rejected if its archive is invalid or
    a database constraint fails. Raises Forbidden for others than moderators and for one's own
    upload, Invalid without a reason, and Conflict if it is not held or ``by`` has decided already.
    """
    _check_may_decide(by, publication, Verdict.APPROVE)
    with transaction.atomic():
        case = _decide(by, publication, Verdict.APPROVE, required_reason(reason))
        approvals = case.decisions.filter(verdict=Verdict.APPROVE).count()
        if approvals < approvals_needed(publication):
            return False
        move(publication, State.VALIDATING, reasons=[], finished_at=None, overruled=True)
        enqueue_check(publication, "publish")
    return True


def reject(*, by: User, publication: Publication, reason: str) -> None:
    """Reject a held publication; the publisher sees the reason. Raises as :func:`approve` does."""
    _check_may_decide(by, publication, Verdict.REJECT)
    reason = required_reason(reason)
    with transaction.atomic():
        _decide(by, publication, Verdict.REJECT, reason)
        settle(publication, State.REJECTED, reasons=[*publication.reasons, reason])


def decide_report(*, by: User, case: Case, verdict: Verdict, reason: str) -> None:
    """Close a report: keep the tool (approve), or quarantine what it is about (reject).

    A report with a version quarantines that release, otherwise the whole tool. Raises Forbidden,
    Invalid without a reason, and Conflict if the case is closed.
    """
    check_moderator(by)
    reason = required_reason(reason)
    report = case.report
    assert report is not None
    with transaction.atomic():
        locked = _locked(case)
        _write(by, locked, verdict, reason, target=report.tool.full_name, version=report.version)
        if verdict is Verdict.REJECT:
            release = report.tool.releases.filter(version=report.version).first()
            if release is not None:
                release_actions.quarantine_release(by=by, release=release, reason=reason)
            else:
                release_actions.quarantine(by=by, tool=report.tool, reason=reason)
        cases.close(locked, "approved" if verdict is Verdict.APPROVE else "rejected")


def _check_may_decide(by: User, publication: Publication, verdict: Verdict) -> None:
    check_moderator(by)
    if verdict is Verdict.APPROVE and publication.uploader_id == by.pk:
        raise Forbidden(
            "own_upload",
            _("You uploaded this publication, so you can't approve it."),
            suggestion=_("Ask another moderator."),
        )


def _decide(by: User, publication: Publication, verdict: Verdict, reason: str) -> Case:
    case = publication.cases.open().first()
    if case is None or publication.state != State.HELD:
        raise _not_open()
    case = _locked(case)
    _write(by, case, verdict, reason, target=publication.tool_name, version=publication.version)
    return case


def _locked(case: Case) -> Case:
    """The open case, locked until the transaction ends, so that two moderators take turns."""
    locked = Case.objects.select_for_update(of=("self",)).open().filter(pk=case.pk).first()
    if locked is None:
        raise _not_open()
    return locked


def _not_open() -> Conflict:
    return Conflict(
        "case_closed",
        _("This case is already closed."),
        suggestion=_("Go back to the queue and choose another case."),
    )


def _write(
    by: User, case: Case, verdict: Verdict, reason: str, *, target: str, version: str
) -> None:
    """Write the decision and its audit row."""
    try:
        with transaction.atomic():
            Decision.objects.create(case=case, moderator=by, verdict=verdict, reason=reason)
    except IntegrityError:
        raise Conflict(
            "already_decided",
            _("You have already decided on this case."),
            suggestion=_("Another moderator must approve it as well."),
        ) from None
    audit.record(
        by=by,
        action=f"case.{verdict.value}",
        target=target,
        version=version,
        case=case.pk,
        reason=reason,
    )
