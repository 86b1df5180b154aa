"""Uploads that nobody needs any more."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core.store import private_store
from publishing.models import Publication
from publishing.states import State
from publishing.upload_quota import APPEAL_TIME
from publishing.uploads import forget

#: An upload whose row was never written is at most being received right now.
RECEIVE_TIME = 3600.0


def remove_upload(publication_id: str) -> None:
    """Forget the private copy of a publication that went live."""
    publication = Publication.objects.get(pk=publication_id)
    if publication.state == State.PUBLISHED:
        private_store().delete(publication.upload_key)


def remove_orphan_uploads() -> None:
    """Forget the bytes of publications that ended for good, or never began."""
    store = private_store()
    too_late = Q(state=State.REJECTED, finished_at__lt=timezone.now() - APPEAL_TIME)
    over = Q(state__in=[State.CANCELLED, State.PASSED])  # nobody can appeal against these
    for publication in Publication.objects.filter(over | too_late).iterator():
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
    """Half-received files that a killed web process left in DATA_DIR/tmp."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    forget(
        path
        for path in folder.glob("*.upload*")
        if time.time() - path.stat().st_mtime > RECEIVE_TIME
    )
    _remove_work_folders()


def _remove_work_folders() -> None:
    """Folders in which killed workers unpacked, scanned or tried a package.

    A job that runs longer than JOB_SECONDS has lost its lease, so older folders are nobody's.
    """
    shared = Path(tempfile.gettempdir())
    folders = [
        *Path(settings.FILE_UPLOAD_TEMP_DIR).glob("lumos-*"),
        *shared.glob("lumos-scan-*"),
        *shared.glob("lumos-canary-*"),
    ]
    longest = max(RECEIVE_TIME, 2.0 * settings.JOB_SECONDS)
    for folder in folders:
        with contextlib.suppress(FileNotFoundError):  # its worker has just removed it
            found = folder.lstat()
            is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
            if is_ours and time.time() - found.st_mtime > longest:
                shutil.rmtree(folder, ignore_errors=True)
