"""Rebuild the search index."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from search.actions import rebuild


class Command(BaseCommand):
    """manage.py rebuild_search"""

    help = "Rebuild the search index from the database. Searches keep working."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say how many tools are in it."""
        self.stdout.write(f"{rebuild()} tools indexed")
