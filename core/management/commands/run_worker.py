"""The worker of one machine: takes its work from the database, through the Celery tasks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.jobs.worker import Worker


class Command(BaseCommand):
    """manage.py run_worker"""

    help = "Work off jobs from the database until stopped (for a marketplace without Redis)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        Worker().run()
