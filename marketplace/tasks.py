"""Background jobs of the pages."""

from __future__ import annotations

from celery import shared_task

from core.jobs import job
from marketplace import stored


@job("marketplace.write_feeds")
def write_feeds(tool_id: int) -> None:
    """Write the feeds that show a tool; enqueue it with ``key=str(tool_id)``."""
    stored.write_releases(tool_id)
    stored.write_new_tools()


@shared_task(name="marketplace.write_site_files")
def write_site_files() -> None:
    """Write the sitemap and the feed of new tools."""
    stored.write_sitemap()
    stored.write_new_tools()
