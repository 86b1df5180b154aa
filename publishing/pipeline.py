"""The checks from upload to result, run one by one; each can be repeated.

``advance`` runs one check and writes its outcome and the next job in one transaction. If a worker
is killed, the publication stays in the state of its check and another worker repeats the check. If
the first worker is still running after all, it finds that the state has changed and discards its
outcome.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lumos.package.findings import Finding, PackageRefused
from lumos.package.masking import Masker, mask
from publishing import golive
from publishing.checks import scanning, scoring, testing, validating
from publishing.checks.accepted import without_accepted
from publishing.checks.base import Outcome, Verdict, Workspace, opened
from publishing.checks.sources import masked, with_sources
from publishing.models import Check, CheckState, Publication
from publishing.states import CHECKS, SETTLED, State
from publishing.transitions import Superseded, enqueue_check, move, settle

logger = logging.getLogger("lumos.publishing")

#: The check of each state, and its queue.
STEPS: dict[State, tuple[Callable[[Workspace], Outcome], str]] = {
    State.VALIDATING: (validating.check, "publish"),
    State.SCANNING: (scanning.check, "scan"),
    State.TESTING: (testing.check, "sandbox"),
    State.SCORING: (scoring.check, "publish"),
}


def advance(publication_id: str) -> None:
    """Run the check of the publication's current state; does nothing if it is settled."""
    publication = Publication.objects.select_related("namespace", "uploader").get(pk=publication_id)
    state = State(publication.state)
    if state in SETTLED:
        return
    if state is State.RECEIVED:
        move(publication, State.VALIDATING)
        state = State.VALIDATING
    try:
        _do(publication, state)
    except Exception as error:
        # Another worker may have finished the check and deleted the upload in the meantime.
        if not isinstance(error, Superseded) and _is_still(publication, state):
            raise
        logger.info(
            "Another worker has moved %s on; the outcome of this one is discarded", publication
        )


def _is_still(publication: Publication, state: State) -> bool:
    return Publication.objects.filter(pk=publication.pk, state=state).exists()


def _do(publication: Publication, state: State) -> None:
    check = start(publication, state)
    try:
        with opened(publication, report=lambda message: tell(check, message)) as workspace:
            outcome = STEPS[state][0](workspace)
            outcome = masked(with_sources(outcome, workspace), workspace.masker)
            outcome = without_accepted(outcome, publication)
            last = state is CHECKS[-1] and not publication.dry_run
            if last and _verdict(publication, outcome) is Verdict.GO_ON:
                _go_live(publication, check, outcome, workspace)
                return
    except PackageRefused as refused:
        outcome = Outcome("The package is invalid", refused.findings, verdict=Verdict.REJECT)
        outcome = masked(outcome, Masker())
        publication.overruled = False
    settle_or_go_on(publication, check, outcome)


def _verdict(publication: Publication, outcome: Outcome) -> Verdict:
    """The check's verdict, unless a moderator has approved the publication."""
    return Verdict.GO_ON if publication.overruled else outcome.verdict


def _go_live(
    publication: Publication, check: Check, outcome: Outcome, workspace: Workspace
) -> None:
    golive.put_file(workspace.wheel, workspace.path)
    values = golive.release_values(publication, workspace.wheel)
    with transaction.atomic():
        finish(check, outcome)
        golive.go_live(publication, workspace.wheel, values)


def settle_or_go_on(publication: Publication, check: Check, outcome: Outcome) -> None:
    """Save the outcome and move the publication to its next state, in one transaction.

    A publication that its scan holds is tested all the same: the moderator sees what the sandbox
    saw, and is not asked about one whose examples fail.
    """
    state = State(check.name)
    with transaction.atomic():
        finish(check, outcome)
        verdict = _verdict(publication, outcome)
        earlier = _reasons_of_scan(publication) if state is State.TESTING else []
        if verdict is Verdict.REJECT:
            settle(publication, State.REJECTED, reasons=outcome.reasons)
        elif earlier or (verdict is Verdict.HOLD and state is not State.SCANNING):
            settle(publication, State.HELD, reasons=[*earlier, *outcome.reasons])
        else:
            _go_on(publication, state)


def _reasons_of_scan(publication: Publication) -> list[str]:
    """Why the scan holds the publication; empty if it does not, or a moderator has approved."""
    scan = Check.objects.filter(publication=publication, name=State.SCANNING).first()
    if scan is None or publication.overruled:
        return []
    findings = [Finding.from_dict(data) for data in scan.findings]
    return [finding.message for finding in findings if finding.blocking]


def _go_on(publication: Publication, state: State) -> None:
    if state is CHECKS[-1]:  # a dry run ends here
        settle(publication, State.PASSED, reasons=[])
        return
    following = CHECKS[CHECKS.index(state) + 1]
    move(publication, following)
    enqueue_check(publication, STEPS[following][1])


def start(publication: Publication, state: State) -> Check:
    """Create the check's row, or reset the one that a killed worker left."""
    check, _created = Check.objects.update_or_create(
        publication=publication,
        name=state,
        defaults={
            "state": CheckState.RUNNING,
            "message": "",
            "findings": [],
            "evidence": {},
            "started_at": timezone.now(),
            "ended_at": None,
        },
    )
    return check


def tell(check: Check, message: str) -> None:
    """Show the check's progress on the publication's page."""
    Check.objects.filter(pk=check.pk, state=CheckState.RUNNING).update(message=mask(message)[:300])


def finish(check: Check, outcome: Outcome) -> None:
    """Save the check's result."""
    state = CheckState.PASSED if outcome.verdict is Verdict.GO_ON else CheckState.FAILED
    check.state = CheckState.NOT_RUN if outcome.not_run else state
    check.message = outcome.message[:300]
    check.findings = [finding.as_dict() for finding in outcome.findings]
    check.evidence = outcome.evidence
    check.ended_at = timezone.now()
    check.save()
    if outcome.scores is not None:
        Publication.objects.filter(pk=check.publication_id).update(scores=outcome.scores)


def give_up(publication_id: str, error: str) -> None:
    """Hold the publication after its check failed at every attempt."""
    publication = Publication.objects.get(pk=publication_id)
    if publication.state in SETTLED:
        return
    state = publication.state
    Check.objects.filter(publication=publication, name=state).update(
        state=CheckState.FAILED, message="Could not be finished", ended_at=timezone.now()
    )
    if State(state) is State.RECEIVED:
        move(publication, State.VALIDATING)
    # The error is saved on the dead job only, since it may contain internal details.
    logger.error(
        "%s is held for review: its check %s failed at every attempt: %s", publication, state, error
    )
    settle(
        publication,
        State.HELD,
        reasons=[
            _(
                "The check '%(check)s' failed %(count)s times because of an error in the "
                "marketplace or in the package. A moderator will review it."
            )
            % {"check": state, "count": settings.JOB_MAX_ATTEMPTS}
        ],
    )
