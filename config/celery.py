"""The Celery app and the schedule of periodic tasks."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import schedule
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("lumos")

#: Periodic tasks with their intervals in seconds; also used by the worker of `make run`.
SCHEDULE: dict[str, int] = {
    "core.sweep": 10,
    "analytics.ingest_downloads": 15,
    "analytics.roll_figures": 21600,
    "search.repair": 60,
    "marketplace.write_site_files": 600,
    "catalog.render_missing": 3600,
    "registry.repair": 3600,
    "publishing.remove_orphan_uploads": 3600,
}

#: The queue of core.sweep. Workers take turns among their queues, so a long queue of jobs does not
#: delay it.
SWEEP_QUEUE = "sweep"


def configure() -> None:
    """Apply the settings; called once Django's settings can be read."""
    app.conf.update(
        broker_url=settings.REDIS_URL or "memory://",
        broker_connection_retry_on_startup=True,
        # Requests must not wait for an unavailable broker. The job's row is committed, and the
        # sweeper delivers it again.
        broker_transport_options={
            "visibility_timeout": 3600,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
        },
        task_publish_retry=False,
        # Jobs of a killed worker are requeued when their leases expire, so messages can be
        # acknowledged early. With late acknowledgement, a broken connection can end the whole
        # worker (kombu 5.7).
        task_acks_late=False,
        task_ignore_result=True,
        task_default_queue="publish",
        task_time_limit=settings.JOB_SECONDS,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        timezone="UTC",
        beat_schedule={
            name: {"task": name, "schedule": schedule(seconds)}
            for name, seconds in SCHEDULE.items()
        },
        task_routes={"core.sweep": {"queue": SWEEP_QUEUE}},
    )


configure()
app.autodiscover_tasks(
    ["core", "accounts", "catalog", "registry", "search", "analytics", "publishing", "marketplace"],
    related_name="tasks",
)
