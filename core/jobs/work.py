"""Run a job: claim it, renew its lease, call its function, then finish or requeue it."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from celery import Task, current_app, shared_task
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.jobs import delivery, queue
from core.models import Job, JobState
from lumos.package.masking import mask

logger = logging.getLogger("lumos.jobs")

type_of_function = Callable[..., None]
_attempt: ContextVar[int] = ContextVar("attempt", default=1)
_on_dead: dict[str, Callable[..., None]] = {}


def job(
    name: str, *, on_dead: Callable[..., None] | None = None
) -> Callable[[type_of_function], Any]:
    """Register a function as the Celery task ``name``, whose only argument is a job's id.

    ``on_dead`` is called with the job's arguments and ``error`` when no attempts are left.
    """

    def wrap(function: type_of_function) -> Any:
        if on_dead:
            _on_dead[name] = on_dead

        def task(job_id: int) -> None:
            run(job_id, function)

        task.__doc__ = function.__doc__
        task.__module__ = function.__module__
        return shared_task(name=name)(task)

    return wrap


def attempt() -> int:
    """The number of the running job's current attempt, starting at 1."""
    return _attempt.get()


def run(job_id: int, function: type_of_function) -> None:
    """Claim the job and run it. Does nothing if another worker has claimed it."""
    claimed = queue.claim(job_id)
    if claimed is None:
        return
    _attempt.set(claimed.attempts)
    try:
        with lease_kept(claimed):
            function(*claimed.args)
    except Exception as error:  # saved on the row for the operator
        logger.exception("Job %s failed (attempt %s)", claimed, claimed.attempts)
        connection.close_if_unusable_or_obsolete()
        if not queue.retry_later(claimed, mask(traceback.format_exc(limit=-8))):
            give_up(claimed, mask(str(error)))
    else:
        queue.finish(claimed)
    if claimed.account and settings.BROKER:  # the account's slot is free: start its next job
        following = Job.objects.claimable(timezone.now()).filter(queue=claimed.queue).first()
        if following:
            delivery.deliver(following)


@contextmanager
def lease_kept(claimed: Job) -> Iterator[None]:
    """Renew the lease from a thread while the block runs, for at most ``JOB_SECONDS``.

    After that the lease of a hanging job expires, and the sweeper requeues the job.
    """
    done = threading.Event()
    until = time.monotonic() + settings.JOB_SECONDS

    def keep() -> None:
        while not done.wait(settings.JOB_LEASE_SECONDS / 3) and time.monotonic() < until:
            try:
                queue.renew(claimed.lease)  # type: ignore[arg-type]
            except Exception as error:  # retried at the next interval
                logger.warning("Could not renew the lease of %s: %s", claimed, error)
                connection.close_if_unusable_or_obsolete()
        connection.close()

    keeper = threading.Thread(target=keep, name=f"lease-{claimed.pk}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def give_up(dead: Job, error: str) -> None:
    """Call the task's ``on_dead`` handler: the job will not be retried."""
    if handler := _on_dead.get(dead.task):
        handler(*dead.args, error=error)


def sweep() -> None:
    """Requeue jobs of lost workers, mark jobs without attempts left as dead, redeliver the rest."""
    queue.fix_future_times()
    now = timezone.now()
    handled: set[int] = set()
    for left in Job.objects.filter(state=JobState.RUNNING, leased_until__lt=now):
        if left.pk not in handled:
            together = [left, *queue.lost_beside(left, now)]
            handled |= {job.pk for job in together}
            for dead in queue.bring_back(together, "The worker was lost at every attempt."):
                give_up(dead, "the worker was lost at every attempt")
    if settings.BROKER:
        for waiting in Job.objects.due(now)[:500]:
            if delivery.is_overdue(waiting, now):
                delivery.deliver(waiting)


@cache
def tasks() -> Mapping[str, Task]:
    """All Celery tasks by name. Imports their modules, as a Celery worker does."""
    # Not loader.import_default_modules(), which also runs Django's URL checks.
    current_app.autodiscover_tasks(force=True)
    return current_app.tasks
