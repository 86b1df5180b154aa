"""From an upload to a verdict: a chain of named checks, each small, idempotent and resumable.

``advance`` does one check and writes its outcome and the next job in one transaction. A worker
that is killed leaves the publication in the state of its check, and the next one does it again;
a worker that was only thought dead finds the state moved on, and its outcome is dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lumos.package.findings import PackageRefused
from lumos.package.masking import Masker, mask
from publishing import golive
from publishing.checks import scanning, scoring, testing, validating
from publishing.checks.base import Outcome, Verdict, Workspace, opened
from publishing.checks.sources import masked, with_sources
from publishing.models import Check, CheckState, Publication
from publishing.states import CHECKS, SETTLED, State
from publishing.transitions import Superseded, enqueue_check, move, settle

logger = logging.getLogger("lumos.publishing")

#: What is done in each state, and on which queue.
STEPS: dict[State, tuple[Callable[[Workspace], Outcome], str]] = {
    State.VALIDATING: (validating.check, "publish"),
    State.SCANNING: (scanning.check, "scan"),
    State.TESTING: (testing.check, "sandbox"),
    State.SCORING: (scoring.check, "publish"),
}


def advance(publication_id: str) -> None:
    """Do the check that the publication's state names; nothing where it is settled."""
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
        # Whoever took over may have ended it and taken the upload away under our hands.
        if not isinstance(error, Superseded) and _is_still(publication, state):
            raise
        logger.info("%s moved on meanwhile; this worker's outcome is dropped", publication)


def _is_still(publication: Publication, state: State) -> bool:
    return Publication.objects.filter(pk=publication.pk, state=state).exists()


def _do(publication: Publication, state: State) -> None:
    check = start(publication, state)
    try:
        with opened(publication, report=lambda message: tell(check, message)) as workspace:
            outcome = STEPS[state][0](workspace)
            outcome = masked(with_sources(outcome, workspace), workspace.masker)
            last = state is CHECKS[-1] and not publication.dry_run
            if last and _verdict(publication, outcome) is Verdict.GO_ON:
                _go_live(publication, check, outcome, workspace)
                return
    except PackageRefused as refused:
        outcome = Outcome("the package breaks a rule", refused.findings, verdict=Verdict.REJECT)
        outcome = masked(outcome, Masker())
        publication.overruled = False
    settle_or_go_on(publication, check, outcome)


def _verdict(publication: Publication, outcome: Outcome) -> Verdict:
    """A moderator's decision stands above the checks'."""
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
    """Write the outcome and what follows from it, together."""
    with transaction.atomic():
        finish(check, outcome)
        verdict = _verdict(publication, outcome)
        if verdict is Verdict.GO_ON:
            _go_on(publication, State(check.name))
        else:
            ending = State.HELD if verdict is Verdict.HOLD else State.REJECTED
            settle(publication, ending, reasons=outcome.reasons)


def _go_on(publication: Publication, state: State) -> None:
    if state is CHECKS[-1]:  # a dry run ends here
        settle(publication, State.PASSED, reasons=[])
        return
    following = CHECKS[CHECKS.index(state) + 1]
    move(publication, following)
    enqueue_check(publication, STEPS[following][1])


def start(publication: Publication, state: State) -> Check:
    """The check's row, begun anew where a killed worker left one."""
    check, _ = Check.objects.update_or_create(
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
    """What the check is doing, for those who watch."""
    Check.objects.filter(pk=check.pk, state=CheckState.RUNNING).update(message=mask(message)[:300])


def finish(check: Check, outcome: Outcome) -> None:
    """The check's end, with what it found and saw."""
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
    """A check failed at every attempt: people decide, nothing is lost."""
    publication = Publication.objects.get(pk=publication_id)
    if publication.state in SETTLED:
        return
    state = publication.state
    Check.objects.filter(publication=publication, name=state).update(
        state=CheckState.FAILED, message="could not be finished", ended_at=timezone.now()
    )
    if State(state) is State.RECEIVED:
        move(publication, State.VALIDATING)
    # The error itself stands on the dead job: it may name what no publisher should learn.
    logger.error("%s is held, its step %s failed every time: %s", publication, state, error)
    settle(
        publication,
        State.HELD,
        reasons=[
            f"The step '{state}' failed {settings.JOB_MAX_ATTEMPTS} times. It is a fault of the "
            "marketplace or a package that breaks it; a moderator looks at it."
        ],
    )
