"""manage.py prepare: what must be there before a marketplace serves, then nothing more.

In production it runs once for each deployment, before the web processes and the workers.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import prepare
from publishing.official import publish_official


class Command(BaseCommand):
    """Tables, the official namespace, assets, the registry's entry, the command's wheel."""

    help = "Prepare the database and the data folder, and stop."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether the official tools go through the pipeline, too (workers must run)."""
        parser.add_argument("--official", action="store_true", help="publish the official tools")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each step says when it is done."""
        prepare.make_folders()
        if problem := prepare.database_problem():
            raise CommandError(problem)
        for name, step in prepare.STEPS:
            step()
            self.stdout.write(f"{name} ready")
        if options["official"]:
            for line in publish_official(report=self.stdout.write):
                self.stderr.write(f"not live: {line}")
