"""Background jobs of the registry."""

from __future__ import annotations

from celery import shared_task

from core.jobs import job
from registry import actions


@job("registry.write_tool")
def write_tool(tool_id: int) -> None:
    """Write a tool's files; enqueue it with ``key=str(tool_id)`` when a release changes."""
    actions.write_tool(tool_id)


@job("registry.claim_namespace")
def claim_namespace(name: str) -> None:
    """Write the marker file of a new namespace."""
    actions.claim(name)


@shared_task(name="registry.repair")
def repair() -> None:
    """Rewrite files that differ from the database, and remove others."""
    actions.repair()
