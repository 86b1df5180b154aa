"""What follows a change of what is public: one visible list, written in its transaction."""

from __future__ import annotations

from django.db import transaction

from catalog.models import Tool
from core.jobs import enqueue
from publishing.models import Publication
from registry.actions import write_tool

#: After a release or a yank, by tool: the registry's files, then the search index.
AFTER_CHANGE: tuple[tuple[str, str], ...] = (
    ("registry.write_tool", "index"),
    ("search.index_tool", "index"),
)
#: After a release, by publication.
AFTER_RELEASE: tuple[tuple[str, str], ...] = (
    ("publishing.mail_verdict", "mail"),
    ("publishing.remove_upload", "publish"),
)


def after_change(tool: Tool) -> None:
    """The tool changed: write what installs and searches read."""
    for task, queue in AFTER_CHANGE:
        enqueue(task, tool.pk, queue=queue, key=str(tool.pk))


def after_release(tool: Tool, publication: Publication) -> None:
    """A release went live."""
    after_change(tool)
    for task, queue in AFTER_RELEASE:
        enqueue(task, str(publication.pk), queue=queue)


def withdraw_after_commit(tool: Tool) -> None:
    """Take what is no longer offered out of the public tree, in this request.

    A harmful file must not stay there until a worker is free. The jobs of :func:`after_change`
    repeat this, for a process that ends between the commit and the removal.
    """
    # robust: the change is committed, so the request must not fail with the disk.
    transaction.on_commit(lambda: write_tool(tool.pk), robust=True)
