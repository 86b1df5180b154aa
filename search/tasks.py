"""What the worker does for search."""

from __future__ import annotations

from celery import shared_task

from core.jobs import job
from search import actions


@job("search.index_tool")
def index_tool(tool_id: int) -> None:
    """Bring one tool's entry up to date; enqueue it with ``key=str(tool_id)``."""
    actions.index_tool(tool_id)


@shared_task(name="search.repair")
def repair() -> None:
    """Make a lost index again, and mend what differs from the database."""
    actions.repair()
