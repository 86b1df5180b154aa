"""Accounts take turns on a queue, and a job pays for its own worker's death only."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.jobs import enqueue, job, queue, work
from core.models import Job, JobState
from publishing.models import Check
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok
from tests.support.jobs import work_off

_ran: list[str] = []


@job("tests.turn")
def turn(what: str) -> None:
    """Remember that it ran."""
    _ran.append(what)


@pytest.fixture(autouse=True)
def _forget() -> None:
    _ran.clear()


def _enqueue(what: str, account: str = "") -> Job:
    made = enqueue("tests.turn", what, queue="sandbox", account=account)
    assert made is not None
    return made


def _claimed(row: Job) -> Job:
    claimed = queue.claim(row.pk)
    assert claimed is not None
    return claimed


def _lose(*rows: Job, worker: str = "") -> None:
    """As when the worker that runs them was killed and their leases ended."""
    past = timezone.now() - dt.timedelta(seconds=1)
    lost = Job.objects.filter(pk__in=[row.pk for row in rows])
    lost.update(leased_until=past, worker=worker or queue.WORKER)


def _make_due() -> None:
    Job.objects.filter(state=JobState.WAITING).update(due_at=timezone.now())


def test_one_worker_serves_accounts_in_turn_and_each_in_order(db: None) -> None:
    for what in ("a1", "a2", "a3", "a4"):
        _enqueue(what, "alice")
    _enqueue("c1", "charlie")
    _enqueue("m1", "mallory")
    work_off()
    assert _ran == ["a1", "c1", "m1", "a2", "a3", "a4"]


def test_an_account_runs_one_job_at_a_time_and_others_are_started(db: None) -> None:
    first = _claimed(_enqueue("a1", "alice"))
    second = _enqueue("a2", "alice")
    assert queue.claim(second.pk) is None
    _enqueue("c1", "charlie")
    assert _claimed(second).args == ["c1"], "a message for one job starts whoever's turn it is"
    queue.finish(first)
    assert _claimed(second).args == ["a2"]


def test_several_workers_never_run_two_jobs_of_an_account_at_once(transactional_db: None) -> None:
    rows = [_enqueue(f"a{number}", "alice") for number in range(8)]
    barrier = threading.Barrier(4)

    def claim(row: Job) -> Job | None:
        barrier.wait(20)
        try:
            return queue.claim(row.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        claimed = [found for found in pool.map(claim, rows) if found]
    assert len(claimed) == 1
    assert Job.objects.filter(state=JobState.RUNNING).count() == 1


def test_jobs_without_an_account_wait_for_no_turn(db: None) -> None:
    for what in ("a1", "a2"):
        _enqueue(what, "alice")
    plain = [_enqueue(what) for what in ("x", "y")]
    order = Job.objects.claimable(timezone.now()).values_list("args", flat=True)
    assert list(order) == [["a1"], ["x"], ["y"]]
    assert [_claimed(row).args for row in plain] == [["x"], ["y"]]


def test_a_job_whose_worker_died_waits_before_the_next_attempt(db: None) -> None:
    row = _claimed(_enqueue("a1", "alice"))
    _lose(row)
    work.sweep()
    assert not Job.objects.claimable(timezone.now()).exists()
    left = Job.objects.get()
    assert (left.state, left.attempts) == (JobState.WAITING, 1)
    assert left.due_at > timezone.now()


def test_jobs_that_ran_beside_each_other_pay_nothing_and_run_alone_next(db: None) -> None:
    rows = [_claimed(_enqueue(what, what)) for what in ("a", "b", "c")]
    _lose(*rows)
    work.sweep()
    assert (
        list(Job.objects.values_list("state", "attempts", "alone"))
        == [(JobState.WAITING, 0, True)] * 3
    )


def test_a_living_neighbor_keeps_its_lease_while_the_lost_one_pays(db: None) -> None:
    lost, living = (_claimed(_enqueue(what, what)) for what in ("a", "b"))
    _lose(lost)
    work.sweep()
    assert Job.objects.get(pk=lost.pk).attempts == 1
    assert not Job.objects.get(pk=lost.pk).alone
    assert Job.objects.get(pk=living.pk).state == JobState.RUNNING


def test_attempts_never_exceed_the_maximum(db: None) -> None:
    row = _enqueue("a", "alice")
    for _ in range(settings.JOB_MAX_ATTEMPTS + 3):
        _make_due()
        if claimed := queue.claim(row.pk):
            _lose(claimed)
            assert queue.claim(row.pk) is None or claimed.attempts < settings.JOB_MAX_ATTEMPTS
            _lose(claimed)
        work.sweep()
    left = Job.objects.get()
    assert (left.state, left.attempts) == (JobState.DEAD, settings.JOB_MAX_ATTEMPTS)


@pytest.mark.usefixtures("recorded_checks")
def test_one_account_with_many_uploads_does_not_hold_up_another(
    alice: Person, charlie: Person, tmp_path: Path, transactional_db: None
) -> None:
    for number in range(4):
        wheel = build_wheel(tmp_path, tool=f"demo/slow{number}")
        assert_ok(alice.publish(wheel), 202)
    assert_ok(charlie.publish(build_wheel(tmp_path, tool="charlie/quick")), 202)
    work_off()
    tested = Check.objects.filter(name="testing").order_by("started_at")
    order = list(tested.values_list("publication__name", flat=True))
    assert order.index("quick") <= 1, order
