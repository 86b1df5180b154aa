"""The work of publishing that outlives a request: load by id, call one function."""

from __future__ import annotations

import logging
import threading

from celery import shared_task
from celery.signals import worker_ready

import sandbox
from core.jobs import job
from publishing import cleanup as tidy
from publishing import mail, pipeline

logger = logging.getLogger("lumos.publishing")


@job("publishing.advance", on_dead=pipeline.give_up)
def advance(publication_id: str) -> None:
    """Do the next check of a publication."""
    pipeline.advance(publication_id)


@job("publishing.mail_verdict")
def mail_verdict(publication_id: str) -> None:
    """Tell the uploader how it ended."""
    mail.send_verdict(publication_id)


@job("publishing.mail_quarantine")
def mail_quarantine(tool_id: int, reason: str, version: str = "") -> None:
    """Tell the owners why a moderator took it away."""
    mail.send_quarantine(tool_id, reason, version)


@job("publishing.remove_upload")
def remove_upload(publication_id: str) -> None:
    """The upload's bytes live in the registry now."""
    tidy.remove_upload(publication_id)


@shared_task(name="publishing.remove_orphan_uploads")
def remove_orphan_uploads() -> None:
    """Bytes whose row was never written, or whose verdict is old."""
    tidy.remove_orphan_uploads()


@worker_ready.connect
def say_whether_the_sandbox_holds(**_: object) -> None:
    """The canary runs when a worker starts, so that its operator learns it before any publisher."""
    threading.Thread(target=report_sandbox, name="canary", daemon=True).start()


def report_sandbox() -> None:
    """One line in the worker's log."""
    status = sandbox.status()
    if status.available:
        logger.info("the sandbox holds: %s", ", ".join(status.layers))
    else:
        logger.warning("no sandbox, nothing will be run: %s", status.reason)
