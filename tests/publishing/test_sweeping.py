"""Bytes that nobody needs are swept, and no others."""

from __future__ import annotations

import datetime as dt
import os
import time
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from core.store import private_store
from publishing.cleanup import RECEIVE_TIME, remove_orphan_uploads
from publishing.models import Publication
from publishing.upload_quota import APPEAL_TIME
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok
from tests.support.jobs import run_jobs, submit

pytestmark = pytest.mark.usefixtures("recorded_checks")


def _age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_bytes_whose_row_was_never_written_go_after_a_while(
    alice: Person, own_folders: Path
) -> None:
    store = private_store()
    old, young = (f"uploads/{uuid.uuid4()}/x.whl" for _ in range(2))
    for key in (old, young):
        store.put(key, b"bytes")
    _age(Path(settings.PRIVATE_DIR, old), RECEIVE_TIME + 60)
    remove_orphan_uploads()
    assert list(store.list()) == [young]


def test_bytes_of_a_waiting_publication_stay_however_old(alice: Person, tmp_path: Path) -> None:
    begun = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    (key,) = private_store().list()
    _age(Path(settings.PRIVATE_DIR, key), 400 * 86400)
    remove_orphan_uploads()
    run_jobs()
    assert alice.publication(begun)["state"] == "published"


def test_a_rejected_upload_is_kept_for_the_time_of_an_appeal(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, dependencies=["demo-nothing", "lumos-nothing>=1"])
    assert submit(alice, wheel)["state"] == "rejected"
    remove_orphan_uploads()
    assert len(list(private_store().list())) == 1
    Publication.objects.update(finished_at=timezone.now() - APPEAL_TIME - dt.timedelta(hours=1))
    remove_orphan_uploads()
    assert list(private_store().list()) == []


def test_an_old_rejection_whose_bytes_are_gone_can_no_longer_be_appealed(
    alice: Person, tmp_path: Path
) -> None:
    wheel = build_wheel(tmp_path, dependencies=["lumos-nothing>=1"])
    ended = submit(alice, wheel)
    Publication.objects.update(finished_at=timezone.now() - APPEAL_TIME - dt.timedelta(hours=1))
    remove_orphan_uploads()
    answer = alice.post(f"{ended['api_url']}/appeal", {"text": "Please."})
    assert answer.status == 409, answer


def test_half_of_an_upload_that_a_killed_process_left(alice: Person, own_folders: Path) -> None:
    old, young = own_folders / "tmp/a.upload.whl", own_folders / "tmp/b.upload.whl"
    for path in (old, young):
        path.write_bytes(b"half")
    _age(old, RECEIVE_TIME + 60)
    remove_orphan_uploads()
    assert not old.exists()
    assert young.exists()
