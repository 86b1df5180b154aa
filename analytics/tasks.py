"""Background jobs of analytics."""

from __future__ import annotations

from celery import shared_task

from analytics import actions
from core.jobs import job


@shared_task(name="analytics.ingest_downloads")
def ingest_downloads() -> None:
    """Count the new lines of every download log, each once."""
    actions.ingest_downloads()


@job("analytics.update_figures")
def update_figures(tool_id: int) -> None:
    """Write a tool's download figures from its daily rows; ``key=str(tool_id)``."""
    actions.update_figures(tool_id)


@shared_task(name="analytics.roll_figures")
def roll_figures() -> None:
    """Update the figures of 30 days and 12 weeks as days pass."""
    actions.roll_figures()
