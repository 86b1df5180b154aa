"""Jobs: claimed once, kept by a lease, fenced, tried again, buried."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from core.jobs import enqueue, job, queue, work
from core.models import Job, JobState
from tests.support.jobs import work_off
from tests.support.waiting import wait_for

_done: list[Any] = []
_dead: list[Any] = []


@job("tests.note")
def note(what: str) -> None:
    """Remember that it ran."""
    _done.append(what)


@job("tests.fail", on_dead=lambda what, error: _dead.append((what, error)))
def fail(what: str) -> None:
    """Never succeeds."""
    raise RuntimeError(f"no luck with {what}")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    _done.clear()
    _dead.clear()
    yield


def _enqueued(task: str = "tests.note", *args: Any, **options: Any) -> Job:
    made = enqueue(task, *(args or ("it",)), queue="publish", **options)
    assert made is not None
    return made


def _stored(row: Job) -> Job:
    return Job.objects.get(pk=row.pk)


def _let_lease_end(row: Job) -> None:
    past = timezone.now() - dt.timedelta(seconds=1)
    Job.objects.filter(pk=row.pk).update(leased_until=past)


def test_a_job_is_claimed_once(db: None) -> None:
    row = _enqueued()
    assert queue.claim(row.pk) is not None
    assert queue.claim(row.pk) is None


def test_a_job_that_is_not_due_is_not_claimed(db: None) -> None:
    row = _enqueued(delay=60)
    assert queue.claim(row.pk) is None


def test_the_same_work_waits_only_once(db: None) -> None:
    _enqueued(key="tool-1")
    assert enqueue("tests.note", "it", queue="publish", key="tool-1") is None
    assert Job.objects.count() == 1


def test_a_change_while_the_work_runs_is_worked_off_afterward(db: None) -> None:
    claimed = queue.claim(_enqueued(key="tool-1").pk)
    assert claimed is not None
    assert enqueue("tests.note", "it", queue="publish", key="tool-1") is not None


def test_work_without_a_key_is_never_merged(db: None) -> None:
    _enqueued()
    _enqueued()
    assert Job.objects.count() == 2


def test_a_job_vanishes_with_the_transaction_that_wanted_it(transactional_db: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        _enqueued()
        raise RuntimeError("changed my mind")
    assert not Job.objects.exists()


def test_a_job_is_delivered_after_the_commit_and_not_before(
    db: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[int] = []
    monkeypatch.setattr("core.jobs.delivery.deliver", lambda row: told.append(row.pk))
    with django_capture_on_commit_callbacks(execute=True):
        row = _enqueued()
        assert told == []
    assert told == [row.pk]


def test_a_lost_lease_can_be_claimed_by_another(db: None) -> None:
    first = queue.claim(_enqueued().pk)
    assert first is not None
    _let_lease_end(first)
    second = queue.claim(first.pk)
    assert second is not None
    assert second.lease != first.lease
    assert second.attempts == 2


def test_who_lost_the_lease_can_neither_finish_nor_give_back(db: None) -> None:
    first = queue.claim(_enqueued().pk)
    assert first is not None
    _let_lease_end(first)
    second = queue.claim(first.pk)
    assert second is not None
    queue.finish(first)
    queue.retry_later(first, "too late")
    assert _stored(second).state == JobState.RUNNING
    assert _stored(second).lease == second.lease
    assert first.lease is not None
    assert not queue.renew(first.lease)


def test_a_renewed_lease_holds_longer(db: None) -> None:
    claimed = queue.claim(_enqueued().pk)
    assert claimed is not None
    assert claimed.lease is not None
    _let_lease_end(claimed)
    assert queue.renew(claimed.lease)
    assert queue.claim(claimed.pk) is None


def test_a_failed_job_waits_longer_each_time_and_is_buried_after_five(db: None) -> None:
    row = _enqueued()
    waits = []
    for _ in range(4):
        claimed = queue.claim(row.pk)
        assert claimed is not None
        assert queue.retry_later(claimed, "no luck")
        waits.append((_stored(row).due_at - timezone.now()).total_seconds())
        Job.objects.filter(pk=row.pk).update(due_at=timezone.now())
    last = queue.claim(row.pk)
    assert last is not None
    assert not queue.retry_later(last, "no luck")
    assert _stored(row).state == JobState.DEAD
    assert [round(wait) for wait in waits] == list(queue.BACKOFF)


def test_a_failed_job_whose_work_waits_already_is_not_repeated(db: None) -> None:
    claimed = queue.claim(_enqueued(key="tool-1").pk)
    assert claimed is not None
    waiting = _enqueued(key="tool-1")
    assert queue.retry_later(claimed, "no luck")
    assert _stored(claimed).state == JobState.DONE
    assert _stored(waiting).state == JobState.WAITING


def test_work_off_runs_due_jobs_through_their_tasks(db: None) -> None:
    row = _enqueued("tests.note", "this")
    _enqueued("tests.note", "not yet", delay=60)
    assert work_off() == 1
    assert _done == ["this"]
    assert _stored(row).state == JobState.DONE


def test_a_task_delivered_three_times_runs_once(db: None) -> None:
    row = _enqueued("tests.note", "once")
    for _ in range(3):
        current_app.tasks["tests.note"].apply(args=[row.pk], throw=True)
    assert _done == ["once"]


def test_a_task_whose_row_is_gone_does_nothing(db: None) -> None:
    current_app.tasks["tests.note"].apply(args=[987654], throw=True)
    assert _done == []


def test_a_failure_is_kept_on_the_row_with_its_traceback(transactional_db: None) -> None:
    row = _enqueued("tests.fail", "this")
    assert work_off() == 1
    kept = _stored(row)
    assert (kept.state, kept.attempts) == (JobState.WAITING, 1)
    assert "no luck with this" in kept.error
    assert "Traceback" in kept.error


def test_a_dead_job_notifies_its_owner(transactional_db: None) -> None:
    row = _enqueued("tests.fail", "this")
    for _ in range(5):
        Job.objects.update(due_at=timezone.now())
        work_off()
    assert _stored(row).state == JobState.DEAD
    assert _dead == [("this", "no luck with this")]


def test_the_sweeper_buries_what_kills_its_worker_every_time(db: None) -> None:
    row = _enqueued("tests.fail", "this")
    for attempt in range(1, 6):
        assert queue.claim(row.pk), f"attempt {attempt}"
        _let_lease_end(row)
        work.sweep()
        waits = Job.objects.filter(pk=row.pk, state=JobState.WAITING)
        assert not waits.exists() or queue.claim(row.pk) is None, "it waits before it runs again"
        waits.update(due_at=timezone.now())
    assert _stored(row).state == JobState.DEAD
    assert _dead == [("this", "the worker was lost at every attempt")]


def test_a_leased_job_is_left_alone_by_the_sweeper(db: None) -> None:
    claimed = queue.claim(_enqueued().pk)
    work.sweep()
    assert claimed is not None
    assert _stored(claimed).lease == claimed.lease


def test_of_many_who_claim_at_once_one_wins(transactional_db: None) -> None:
    row = _enqueued()
    won: list[bool] = []
    start = threading.Barrier(8)

    def try_it() -> None:
        start.wait()
        won.append(queue.claim(row.pk) is not None)
        connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]
    assert _stored(row).attempts == 1


def test_the_lease_is_renewed_while_a_long_job_runs(transactional_db: None, settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 0.3
    claimed = queue.claim(_enqueued().pk)
    assert claimed is not None
    with work.lease_kept(claimed):
        threading.Event().wait(0.8)
        assert queue.claim(claimed.pk) is None


def test_a_job_that_hangs_loses_its_lease(transactional_db: None, settings: Any) -> None:
    settings.JOB_LEASE_SECONDS, settings.JOB_SECONDS = 0.3, 0.2
    claimed = queue.claim(_enqueued().pk)
    assert claimed is not None
    with work.lease_kept(claimed):
        wait_for("its lease is over", lambda: queue.claim(claimed.pk) is not None)
    assert _stored(claimed).attempts == 2
