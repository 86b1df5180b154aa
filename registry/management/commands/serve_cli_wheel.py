"""Serve a wheel of the command."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.actions import add_cli_wheel
from registry.cli_wheel import NotTheCommand


class Command(BaseCommand):
    """manage.py serve_cli_wheel PATH"""

    help = "Serve a wheel of lumos-cli on /simple/lumos-cli/, next to earlier versions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One path."""
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Add it and print its address."""
        try:
            key = add_cli_wheel(options["path"])
        except NotTheCommand as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"/{key}")
