"""Run jobs: claim, keep the lease alive, call one function, end or give back."""

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
    """Make a function the Celery task ``name`` whose message is the id of a job row.

    ``on_dead`` is called with the job's arguments when its attempts are used up.
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
    """Which attempt of the running job this is, from 1."""
    return _attempt.get()


def run(job_id: int, function: type_of_function) -> None:
    """Claim the job and do it; whoever comes second finds nothing to do."""
    claimed = queue.claim(job_id)
    if claimed is None:
        return
    _attempt.set(claimed.attempts)
    try:
        with lease_kept(claimed):
            function(*claimed.args)
    except Exception as error:  # a job's failure is data: kept on the row, shown to the operator
        logger.exception("job %s failed (attempt %s)", claimed, claimed.attempts)
        connection.close_if_unusable_or_obsolete()
        if not queue.retry_later(claimed, mask(traceback.format_exc(limit=-8))):
            give_up(claimed, mask(str(error)))
    else:
        queue.finish(claimed)
    if claimed.account and settings.BROKER:  # whoever waited for this account's turn
        following = Job.objects.claimable(timezone.now()).filter(queue=claimed.queue).first()
        if following:
            delivery.deliver(following)


@contextmanager
def lease_kept(claimed: Job) -> Iterator[None]:
    """Renew the lease from a thread while the block runs, JOB_SECONDS at most.

    What hangs loses its lease then, and the sweeper gives the job to somebody else.
    """
    done = threading.Event()
    until = time.monotonic() + settings.JOB_SECONDS

    def keep() -> None:
        while not done.wait(settings.JOB_LEASE_SECONDS / 3) and time.monotonic() < until:
            try:
                queue.renew(claimed.lease)  # type: ignore[arg-type]
            except Exception as error:  # the next beat tries again; a lost lease is fenced
                logger.warning("lease of %s not renewed: %s", claimed, error)
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
    """Tell the owner of the work that it will not be tried again."""
    if handler := _on_dead.get(dead.task):
        handler(*dead.args, error=error)


def sweep() -> None:
    """Deliver again what waits or was left behind; bury what killed its worker every time."""
    queue.mend_clock()
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
    """Every Celery task by name; outside a Celery worker nobody else imports their modules."""
    # Not loader.import_default_modules(), which also has Django check every address of the site.
    current_app.autodiscover_tasks(force=True)
    return current_app.tasks


def work_off(limit: int | None = None) -> int:
    """Do what is due, through the Celery tasks, until nothing is; how many were done."""
    done, before = 0, None
    while limit is None or done < limit:
        due = list(Job.objects.due(timezone.now()).values_list("pk", "task", "attempts")[:20])
        if not due or due == before:
            break
        before = due
        for job_id, task, _ in due:
            tasks()[task].apply(args=[job_id], throw=True)
            done += 1
    return done
