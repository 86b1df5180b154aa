"""manage.py draw_states: write docs/publication-states.md from the table of transitions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from publishing.states import page


class Command(BaseCommand):
    """Draw the states of a publication."""

    help = "Write docs/publication-states.md from publishing.states."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page."""
        target = Path(settings.BASE_DIR) / "docs" / "publication-states.md"
        target.write_text(page())
        self.stdout.write(str(target.relative_to(settings.BASE_DIR)))
