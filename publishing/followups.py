"""The jobs that follow a change of public data, enqueued in the transaction of the change."""

from __future__ import annotations

from django.db import transaction

from catalog.models import Tool
from core.jobs import enqueue
from publishing.models import Publication
from registry.actions import write_tool

#: (task, queue) for each changed tool: the registry's files, the search index, the feeds.
AFTER_CHANGE: tuple[tuple[str, str], ...] = (
    ("registry.write_tool", "index"),
    ("search.index_tool", "index"),
    ("marketplace.write_feeds", "index"),
)
#: (task, queue) for each publication that became a release.
AFTER_RELEASE: tuple[tuple[str, str], ...] = (
    ("publishing.mail_verdict", "mail"),
    ("publishing.remove_upload", "publish"),
)


def after_change(tool: Tool) -> None:
    """Update the registry, the search index and the feeds."""
    for task, queue in AFTER_CHANGE:
        enqueue(task, tool.pk, queue=queue, key=str(tool.pk))


def after_release(tool: Tool, publication: Publication) -> None:
    """Do what :func:`after_change` does, mail the publisher and delete the upload."""
    after_change(tool)
    for task, queue in AFTER_RELEASE:
        enqueue(task, str(publication.pk), queue=queue)


def withdraw_after_commit(tool: Tool) -> None:
    """Remove withdrawn files from the public registry right after the commit.

    A harmful file must not stay available until a worker is free. The jobs of :func:`after_change`
    repeat this, in case this process is killed after the commit.
    """
    # robust: the change is committed, so a disk error must not fail the request.
    transaction.on_commit(lambda: write_tool(tool.pk), robust=True)
