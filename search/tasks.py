"""Background jobs of search."""

from __future__ import annotations

from celery import shared_task

from core.jobs import job
from search import actions


@job("search.index_tool")
def index_tool(tool_id: int) -> None:
    """Update a tool's entry in the index; enqueue it with ``key=str(tool_id)``."""
    actions.index_tool(tool_id)


@shared_task(name="search.repair")
def repair() -> None:
    """Rebuild a lost index, and fix entries that differ from the database."""
    actions.repair()
