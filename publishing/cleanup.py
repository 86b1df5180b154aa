"""Delete uploads and temporary files that are no longer needed."""

from __future__ import annotations

import tempfile
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core import scratch
from core.store import private_store
from publishing.models import Publication
from publishing.states import State
from publishing.upload_quota import APPEAL_TIME
from publishing.uploads import delete_files
from sandbox import cgroup

#: Seconds. Newer files may belong to an upload that is being received.
RECEIVE_TIME = 3600.0


def remove_upload(publication_id: str) -> None:
    """Delete the private copy of a published upload."""
    publication = Publication.objects.get(pk=publication_id)
    if publication.state == State.PUBLISHED:
        private_store().delete(publication.upload_key)


def remove_orphan_uploads() -> None:
    """Delete uploads of publications that are canceled, passed or rejected too long ago to appeal.

    Also deletes uploads without a row, and files left behind by killed processes.
    """
    store = private_store()
    expired = Q(state=State.REJECTED, finished_at__lt=timezone.now() - APPEAL_TIME)
    final = Q(state__in=[State.CANCELLED, State.PASSED])  # these cannot be appealed
    for publication in Publication.objects.filter(final | expired).iterator():
        store.delete(publication.upload_key)
    for key in list(store.list("uploads")):
        age = time.time() - store.modified(key)
        if age > RECEIVE_TIME and not _known(key.split("/")[1]):
            store.delete(key)
    _remove_leftovers()


def _known(folder: str) -> bool:
    try:
        return Publication.objects.filter(pk=uuid.UUID(folder)).exists()
    except ValueError:
        return False


def _remove_leftovers() -> None:
    """Delete partial uploads that a killed web process left in DATA_DIR/tmp."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    delete_files(
        path
        for path in folder.glob("*.upload*")
        if time.time() - path.stat().st_mtime > RECEIVE_TIME
    )
    remove_remains()


def remove_remains() -> None:
    """Remove folders, memory groups and waiting processes of killed workers; not of living ones."""
    # A job that runs longer than JOB_SECONDS has lost its lease.
    max_age = max(RECEIVE_TIME, 2.0 * settings.JOB_SECONDS)
    for parent in (Path(settings.FILE_UPLOAD_TEMP_DIR), Path(tempfile.gettempdir())):
        scratch.remove_abandoned(parent, max_age=max_age)
    cgroup.sweep_all()
