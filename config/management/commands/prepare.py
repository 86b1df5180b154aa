"""manage.py prepare: prepare the database and the data folder.

In production, run it once per deployment, before the web processes and workers start.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import prepare
from publishing.official import publish_official


class Command(BaseCommand):
    """Runs each step of config.prepare."""

    help = "Prepare the database and the data folder, and stop."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--official",
            action="store_true",
            help="also publish the official tools; needs a running worker",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps and print each one's name when it is done."""
        prepare.make_folders()
        checks = (prepare.database_problem, prepare.pythons_problem)
        if problems := [problem for check in checks if (problem := check())]:
            raise CommandError("\n".join(problems))
        for name, step in prepare.STEPS:
            step()
            self.stdout.write(f"{name} ready")
        if options["official"]:
            for line in publish_official(report=self.stdout.write):
                self.stderr.write(f"not live: {line}")
