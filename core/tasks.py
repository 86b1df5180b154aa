"""Periodic tasks of the core."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from core.jobs import work
from core.models import Heartbeat, Job, JobState, RememberedAnswer


@shared_task(name="core.sweep")
def sweep() -> None:
    """Record the worker's heartbeat, requeue lost jobs and delete old rows.

    Done jobs are kept for 7 days, remembered answers for 1 day.
    """
    Heartbeat.beat("worker")
    work.sweep()
    week_ago = timezone.now() - dt.timedelta(days=7)
    Job.objects.filter(state=JobState.DONE, ended_at__lt=week_ago).delete()
    RememberedAnswer.objects.filter(created_at__lt=timezone.now() - dt.timedelta(days=1)).delete()
