"""manage.py draw_states: generate docs/publication-states.md from the transitions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from publishing.states import page


class Command(BaseCommand):
    """Generate the diagram of the publication states."""

    help = "Generate docs/publication-states.md from publishing.states."

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "publication-states.md"
        target.write_text(page())
        self.stdout.write(str(target.relative_to(settings.BASE_DIR)))
