"""Notify workers that a job is due. If a notification is lost, the sweeper repeats it."""

from __future__ import annotations

import datetime as dt
import logging

from celery import current_app
from django.conf import settings
from django.utils import timezone

from core.breaker import Breaker
from core.cache import redis_problem
from core.jobs import wake
from core.models import Job

logger = logging.getLogger("lumos.jobs")
_breaker = Breaker()
SHORTEST_WAIT = dt.timedelta(seconds=20)


def deliver(job: Job) -> None:
    """Hand the job to Celery where there is a broker, else wake the local worker."""
    if not settings.BROKER:
        wake.tell()
        return
    if not _broker_answers():
        logger.warning("The broker is unavailable; the sweeper will deliver job %s", job.pk)
        return
    try:
        current_app.send_task(job.task, args=[job.pk], queue=job.queue)
    except Exception as error:  # the row is committed, whatever the broker's client raises
        logger.warning(
            "The broker is unavailable; the sweeper will deliver job %s: %s", job.pk, error
        )
    else:
        Job.objects.filter(pk=job.pk).update(delivered_at=timezone.now())


def _broker_answers() -> bool:
    """Check with a short timeout first: Celery's own client would block the request."""
    if not _breaker.may_try():
        return False
    if problem := redis_problem():
        _breaker.failed()
        logger.warning("Redis is unavailable: %s", problem)
        return False
    _breaker.succeeded()
    return True


def is_overdue(job: Job, now: dt.datetime) -> bool:
    """Whether a due job's message is probably lost.

    The time between two messages doubles with the job's age, so that a long queue of healthy jobs
    does not fill the broker with duplicates.
    """
    if job.delivered_at is None:
        return True
    waited = job.delivered_at - job.created_at
    return abs(now - job.delivered_at) >= max(waited, SHORTEST_WAIT)  # clocks are set back, too
