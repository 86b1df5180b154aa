"""Run a worker that takes jobs from the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.jobs.worker import Worker


class Command(BaseCommand):
    """manage.py run_worker"""

    help = "Run jobs from the database until stopped (for a marketplace without Redis)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        Worker().run()
