"""Periodic tasks of the core."""

from __future__ import annotations

import datetime as dt
import logging
import threading

from celery import current_app, shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from core.jobs import work
from core.models import Heartbeat, Job, JobState, RememberedAnswer

logger = logging.getLogger("lumos.jobs")
#: Seconds between two heartbeats of a Celery worker.
HEARTBEAT_SECONDS = 10.0


@shared_task(name="core.sweep")
def sweep() -> None:
    """Record the heartbeats of worker and schedule, requeue lost jobs and delete old rows.

    Done jobs are kept for 7 days, remembered answers for 1 day.
    """
    Heartbeat.beat("worker")
    Heartbeat.beat("schedule")
    work.sweep()
    week_ago = timezone.now() - dt.timedelta(days=7)
    Job.objects.filter(state=JobState.DONE, ended_at__lt=week_ago).delete()
    RememberedAnswer.objects.filter(created_at__lt=timezone.now() - dt.timedelta(days=1)).delete()


@worker_ready.connect
def beat_beside_jobs(**_: object) -> None:
    """Let a Celery worker of the default queue record its heartbeat also while all it has is busy.

    A thread does it, because a task would wait behind the jobs in the queue.
    """
    consumed = current_app.amqp.queues.consume_from if settings.BROKER else {}
    if current_app.conf.task_default_queue in consumed:
        threading.Thread(target=_keep_beating, name="heartbeat", daemon=True).start()


def _keep_beating() -> None:
    pause = threading.Event()
    while True:
        try:
            Heartbeat.beat("worker")
        except DatabaseError as error:  # unavailable for a while
            logger.warning("Could not record the heartbeat: %s", error)
        finally:
            connection.close()
        pause.wait(HEARTBEAT_SECONDS)
