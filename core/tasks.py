"""The kernel's clockwork."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from core.jobs import work
from core.models import Heartbeat, Job, JobState, RememberedAnswer


@shared_task(name="core.sweep")
def sweep() -> None:
    """Bring back what lost workers left, say that a worker lives, forget what is long done."""
    Heartbeat.beat("worker")
    work.sweep()
    long_ago = timezone.now() - dt.timedelta(days=7)
    Job.objects.filter(state=JobState.DONE, ended_at__lt=long_ago).delete()
    RememberedAnswer.objects.filter(created_at__lt=timezone.now() - dt.timedelta(days=1)).delete()
