"""The job rows: written with the change that needs them, claimed by one compare-and-set."""

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
#: This process with those it forks: they are lost together.
WORKER = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
#: No job ever waits longer than this: a time beyond it was written by a clock set back since.
LONGEST_WAIT = dt.timedelta(seconds=2 * BACKOFF[-1])


def enqueue(
    task: str, *args: Any, queue: str, key: str = "", account: str = "", delay: float = 0
) -> Job | None:
    """Write a job in the caller's transaction and deliver it after the commit.

    ``task`` is the Celery name, ``args`` are JSON values. With a ``key``, a job that already
    waits is enough and None comes back: its row is locked until the caller's commit, so that no
    worker can begin it and miss the change that this call is about. With an ``account`` the job
    takes that account's turn on the queue, see ``JobQuerySet.claimable``.
    """
    job = None
    while job is None:
        job = _insert(
            task=task, args=list(args), queue=queue, key=key, account=account, due_at=_in(delay)
        )
        if job is None and _hold_waiting(task, key):
            return None
    if not delay:
        told = job
        # robust: the row is committed, and a hint that fails must not fail the request.
        transaction.on_commit(lambda: delivery.deliver(told), robust=True)
    return job


def _insert(**values: Any) -> Job | None:
    try:
        with transaction.atomic():
            return Job.objects.create(**values)
    except IntegrityError:
        return None


def _hold_waiting(task: str, key: str) -> bool:
    waiting = Job.objects.filter(task=task, key=key, state=JobState.WAITING)
    with transaction.atomic():
        return waiting.select_for_update().first() is not None


def _in(seconds: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=seconds)


def claim(job_id: int) -> Job | None:
    """Take a due job for one lease, or None where nothing may start now.

    A message is a hint: where accounts take turns, it means the next job of that kind, whichever
    job it names.
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None or not job.account or job.state != JobState.WAITING:
        return _take(job_id)
    turns = Job.objects.claimable(timezone.now()).filter(task=job.task, queue=job.queue)
    for pk in turns.values_list("pk", flat=True)[:20]:
        if taken := _take(pk):
            return taken
    return None


def _take(job_id: int) -> Job | None:
    try:
        with transaction.atomic():
            return _compare_and_set(job_id)
    except IntegrityError:  # the account's other job was started meanwhile
        return None


def _compare_and_set(job_id: int) -> Job | None:
    now = timezone.now()
    lease = uuid.uuid4()
    taken = (
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
    return Job.objects.get(pk=job_id) if taken else None


def renew(lease: uuid.UUID) -> bool:
    """Keep a lease for another term; False where it was lost."""
    until = timezone.now() + lease_time()
    return bool(Job.objects.filter(lease=lease).update(leased_until=until))


def mend_clock() -> None:
    """Bring near what a clock that was set back has left far in the future."""
    now = timezone.now()
    Job.objects.filter(state=JobState.WAITING, due_at__gt=now + LONGEST_WAIT).update(due_at=now)
    held = Job.objects.filter(state=JobState.RUNNING, leased_until__gt=now + 2 * lease_time())
    held.update(leased_until=now + lease_time())


def finish(job: Job) -> None:
    """The job is done; nothing happens where the lease was lost meanwhile."""
    _end(job, state=JobState.DONE, error="")


def lost_beside(job: Job, now: dt.datetime) -> list[Job]:
    """The other jobs of a lost job's worker whose leases were not renewed either."""
    silent = Job.objects.filter(state=JobState.RUNNING, worker=job.worker).exclude(worker="")
    return list(silent.filter(leased_until__lt=now + lease_time() / 2).exclude(pk=job.pk))


def bring_back(jobs: list[Job], error: str) -> list[Job]:
    """Give back jobs that one worker lost; returns those whose attempts are used up.

    A job that ran alone pays with an attempt. Of several nobody knows which one ended the worker:
    none pays, and each runs alone the next time.
    """
    if len(jobs) == 1:
        return [job for job in jobs if not retry_later(job, job.error or error)]
    for job in jobs:
        job.attempts -= 1
        Job.objects.filter(pk=job.pk, lease=job.lease).update(attempts=job.attempts, alone=True)
        retry_later(job, job.error or error)
    return []


def retry_later(job: Job, error: str) -> bool:
    """Give a failed job back with a delay; False where its attempts are used up and it is dead."""
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
    except IntegrityError:  # the same work waits already: that job does it
        _end(job, state=JobState.DONE, error=error)
    return True


def lease_time() -> dt.timedelta:
    """How long a claim holds without a renewal."""
    return dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _end(job: Job, *, state: JobState, error: str) -> None:
    Job.objects.filter(pk=job.pk, lease=job.lease).update(
        state=state, lease=None, leased_until=None, ended_at=timezone.now(), error=error
    )
