"""The machine's clock jumps an hour, forward or back: no job runs twice and none waits long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from core.jobs import delivery, enqueue, queue, work
from core.models import Job, JobState
from web import throttling

HOUR = dt.timedelta(hours=1)
Clock = Callable[[dt.timedelta], None]


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Moves the clock of everything that asks for the time."""
    real_now, real_time = timezone.now, throttling.now

    def move(by: dt.timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real_now() + by)
        monkeypatch.setattr(throttling, "now", lambda: real_time() + by.total_seconds())

    return move


def job() -> Job:
    made = enqueue("search.index_tool", 1, queue="index")
    assert made is not None
    return made


def test_forward_a_lease_ends_early_and_its_holder_cannot_do_the_work_twice(
    db: None, moved: Clock
) -> None:
    first = queue.claim(job().pk)
    assert first is not None
    moved(HOUR)
    second = queue.claim(first.pk)
    assert second is not None
    queue.finish(first)
    assert Job.objects.get(pk=first.pk).state == JobState.RUNNING, "its result counts no more"
    queue.finish(second)
    assert Job.objects.get(pk=first.pk).state == JobState.DONE


def test_back_a_waiting_job_waits_no_hour(db: None, moved: Clock) -> None:
    row = job()
    moved(-HOUR)
    assert queue.claim(row.pk) is None, "by this clock it is not due yet"
    work.sweep()
    assert queue.claim(row.pk) is not None


def test_back_a_job_that_failed_keeps_its_pause(db: None, moved: Clock) -> None:
    claimed = queue.claim(job().pk)
    assert claimed is not None
    claimed.attempts = 4
    queue.retry_later(claimed, "no luck")
    work.sweep()
    assert queue.claim(claimed.pk) is None, "five minutes are no fault of the clock"


def test_back_what_a_killed_worker_held_is_free_within_a_lease(db: None, moved: Clock) -> None:
    claimed = queue.claim(job().pk)
    assert claimed is not None
    moved(-HOUR)
    work.sweep()
    moved(-HOUR + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS + 5))
    assert queue.claim(claimed.pk) is not None


def test_back_a_message_that_was_lost_is_sent_again(db: None, moved: Clock) -> None:
    row = job()
    row.delivered_at = row.created_at + dt.timedelta(seconds=1)
    assert not delivery.is_overdue(row, timezone.now())
    moved(-HOUR)
    assert delivery.is_overdue(row, timezone.now())


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_limit_that_was_reached_opens_with_its_next_window(
    by: dt.timedelta, moved: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setitem(settings.RATES, "anon", "2/min")

    class Limit(throttling.WindowThrottle):
        scope = "anon"

        def caller(self, request: Any) -> str:
            return "somebody"

    def ask() -> bool:
        class Request:
            _request: Any = type("Plain", (), {})()

        limit = Limit()
        allowed = limit.allow_request(Request(), None)  # type: ignore[arg-type]
        assert 0 < limit.wait() <= 60, "nobody is told to wait an hour"
        return allowed

    moved(dt.timedelta())
    while ask():
        pass
    moved(by)
    assert ask()
    cache.clear()
