"""Job rows: inserted in the transaction that needs them, claimed by one compare-and-set."""

from __future__ import annotations

import datetime as dt
import os
import socket
import time
import uuid
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.jobs import delivery
from core.models import Job, JobState

#: Seconds to wait before attempt 2, 3, 4, 5.
BACKOFF = (2, 10, 60, 300)
#: Identifies this process and its forks, which die together.
WORKER = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
#: A job never waits longer than this. A later due time was written before the clock was set back.
LONGEST_WAIT = dt.timedelta(seconds=2 * BACKOFF[-1])


def enqueue(
    task: str, *args: Any, queue: str, key: str = "", account: str = "", delay: float = 0
) -> Job | None:
    """Write a job in the caller's transaction and deliver it after the commit.

    ``task`` is the Celery task name, ``args`` are JSON values, ``delay`` is in seconds. If a job
    with the same ``task`` and ``key`` is already waiting, no job is added and None is returned;
    that row stays locked until the caller commits, so that no worker starts it before the change
    is visible. Jobs with an ``account`` share the queue fairly, see ``JobQuerySet.claimable``.
    """
    job = None
    while job is None:
        job = _insert(
            task=task, args=list(args), queue=queue, key=key, account=account, due_at=_in(delay)
        )
        if job is None and _lock_waiting(task, key):
            return None
    if not delay:
        queued = job
        # robust: the row is committed, so a failed notification must not fail the request.
        transaction.on_commit(lambda: delivery.deliver(queued), robust=True)
    return job


def _insert(**values: Any) -> Job | None:
    try:
        with transaction.atomic():
            return Job.objects.create(**values)
    except IntegrityError:
        return None


def _lock_waiting(task: str, key: str) -> bool:
    waiting = Job.objects.filter(task=task, key=key, state=JobState.WAITING)
    with transaction.atomic():
        return waiting.select_for_update().first() is not None


def _in(seconds: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=seconds)


def claim(job_id: int) -> Job | None:
    """Lease a due job to this worker, or return None if none may start now.

    For jobs with an account, the claimed job may differ from ``job_id``: it is the next one whose
    account is due on that queue.
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None or not job.account or job.state != JobState.WAITING:
        return _claim_one(job_id)
    turns = Job.objects.claimable(timezone.now()).filter(task=job.task, queue=job.queue)
    for pk in turns.values_list("pk", flat=True)[:20]:
        if claimed := _claim_one(pk):
            return claimed
    return None


def _claim_one(job_id: int) -> Job | None:
    try:
        with transaction.atomic():
            return _compare_and_set(job_id)
    except IntegrityError:  # another job of the account has started in the meantime
        return None


def _compare_and_set(job_id: int) -> Job | None:
    now = timezone.now()
    lease = uuid.uuid4()
    updated = (
        Job.objects.due(now)
        .filter(pk=job_id, attempts__lt=settings.JOB_MAX_ATTEMPTS)
        .order_by()
        .update(
            state=JobState.RUNNING,
            lease=lease,
            leased_until=now + lease_time(),
            started_at=now,
            worker=WORKER,
            attempts=F("attempts") + 1,
        )
    )
    return Job.objects.get(pk=job_id) if updated else None


def renew(lease: uuid.UUID) -> bool:
    """Extend a lease by ``JOB_LEASE_SECONDS``; False if it was lost."""
    until = timezone.now() + lease_time()
    return bool(Job.objects.filter(lease=lease).update(leased_until=until))


def fix_future_times() -> None:
    """Reset due times and leases that are too far in the future because the clock was set back."""
    now = timezone.now()
    Job.objects.filter(state=JobState.WAITING, due_at__gt=now + LONGEST_WAIT).update(due_at=now)
    leased = Job.objects.filter(state=JobState.RUNNING, leased_until__gt=now + 2 * lease_time())
    leased.update(leased_until=now + lease_time())


def finish(job: Job) -> None:
    """Mark the job as done. Does nothing if its lease was lost."""
    _end(job, state=JobState.DONE, error="")


def lost_beside(job: Job, now: dt.datetime) -> list[Job]:
    """Other running jobs of the same worker whose leases were not renewed in half a lease time."""
    silent = Job.objects.filter(state=JobState.RUNNING, worker=job.worker).exclude(worker="")
    return list(silent.filter(leased_until__lt=now + lease_time() / 2).exclude(pk=job.pk))


def bring_back(jobs: list[Job], error: str) -> list[Job]:
    """Requeue the jobs of a lost worker; return those that have no attempts left.

    A job that ran alone loses an attempt. If several ran, the one that killed the worker is
    unknown: none loses an attempt, and each runs alone the next time.
    """
    if len(jobs) == 1:
        return [job for job in jobs if not retry_later(job, job.error or error)]
    for job in jobs:
        job.attempts -= 1
        Job.objects.filter(pk=job.pk, lease=job.lease).update(attempts=job.attempts, alone=True)
        retry_later(job, job.error or error)
    return []


def retry_later(job: Job, error: str) -> bool:
    """Requeue a failed job with a delay; False if no attempts are left and the job is dead."""
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        _end(job, state=JobState.DEAD, error=error)
        return False
    due_at = timezone.now() + dt.timedelta(seconds=BACKOFF[max(job.attempts - 1, 0)])
    try:
        with transaction.atomic():
            Job.objects.filter(pk=job.pk, lease=job.lease).update(
                state=JobState.WAITING,
                lease=None,
                leased_until=None,
                due_at=due_at,
                delivered_at=None,
                error=error,
            )
    except IntegrityError:  # a job with the same key is waiting and will do the work
        _end(job, state=JobState.DONE, error=error)
    return True


def lease_time() -> dt.timedelta:
    """How long a lease lasts without renewal."""
    return dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _end(job: Job, *, state: JobState, error: str) -> None:
    Job.objects.filter(pk=job.pk, lease=job.lease).update(
        state=state, lease=None, leased_until=None, ended_at=timezone.now(), error=error
    )
