"""Background jobs of publishing."""

from __future__ import annotations

import logging
import threading

from celery import shared_task
from celery.signals import worker_ready

import sandbox
from core.jobs import job
from publishing import cleanup, mail, pipeline

logger = logging.getLogger("lumos.publishing")


@job("publishing.advance", on_dead=pipeline.give_up)
def advance(publication_id: str) -> None:
    """Run the next check of a publication."""
    pipeline.advance(publication_id)


@job("publishing.mail_verdict")
def mail_verdict(publication_id: str) -> None:
    """Mail the uploader the result."""
    mail.send_verdict(publication_id)


@job("publishing.mail_quarantine")
def mail_quarantine(tool_id: int, reason: str, version: str = "") -> None:
    """Mail the owners of a quarantined tool."""
    mail.send_quarantine(tool_id, reason, version)


@job("publishing.remove_upload")
def remove_upload(publication_id: str) -> None:
    """Delete the upload of a published release."""
    cleanup.remove_upload(publication_id)


@shared_task(name="publishing.remove_orphan_uploads")
def remove_orphan_uploads() -> None:
    """Delete uploads that are no longer needed."""
    cleanup.remove_orphan_uploads()


@worker_ready.connect
def check_sandbox_at_start(**_: object) -> None:
    """Test the sandbox when a worker starts, so that the operator learns of problems early."""
    threading.Thread(target=report_sandbox, name="canary", daemon=True).start()


@worker_ready.connect
def remove_remains_at_start(**_: object) -> None:
    """Remove what killed workers left, without delaying the first job."""
    threading.Thread(target=cleanup.remove_remains, name="remains", daemon=True).start()


def report_sandbox() -> None:
    """Log whether the sandbox works."""
    status = sandbox.status()
    if status.available:
        logger.info("The sandbox works: %s", ", ".join(status.layers))
    else:
        logger.warning("The sandbox is unavailable, so tools will not be run: %s", status.reason)
