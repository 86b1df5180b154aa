"""Background jobs of the catalog."""

from __future__ import annotations

from celery import shared_task

from catalog import render


@shared_task(name="catalog.render_missing")
def render_missing() -> None:
    """Render the documents that releases from older versions lack."""
    render.refresh_missing()
