"""Bytes that change on the disk, and data that comes back from a backup of another day."""

from __future__ import annotations

import errno
import json
import logging
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalog.models import Release, Tool
from core.models import AuditEntry
from core.store import Stored, private_store, public_store
from core.store.files import FileStore
from registry import damage
from registry.actions import repair, write_config, write_tool
from tests.registry.releases import put_release

pytestmark = pytest.mark.usefixtures("own_folders", "db")


def flip(key: str) -> None:
    """One bit of the file, as a failing disk does it: neither size nor name tells."""
    path = Path(settings.PUBLIC_DIR, key)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def has(release: Release) -> bool:
    return public_store().exists(release.file_key)


def index(tool: str = "demo/hello") -> dict[str, object]:
    found: dict[str, object] = json.loads(public_store().get(f"index/{tool}.json"))
    return found


def test_a_flipped_byte_in_a_wheel_is_found_taken_out_kept_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    damaged, sound = put_release(), put_release("demo/other")
    good = public_store().get(damaged.file_key)
    flip(damaged.file_key)
    with caplog.at_level(logging.ERROR, "lumos.registry"):
        assert repair().damaged == (damaged.file_key,)
    assert not has(damaged)
    assert has(sound)
    assert private_store().exists(f"damaged/{damaged.file_key}"), "for whoever looks into it"
    assert damaged.file_key in caplog.text
    assert "backup" in caplog.text
    row = AuditEntry.objects.get(action="artifact.damaged")
    assert (row.target, row.data["key"]) == ("demo/hello", damaged.file_key)
    assert damaged.file_key in repair().lost, "and told again until it is back"
    public_store().put(damaged.file_key, good)
    assert repair().lost == ()


def test_on_a_disk_that_takes_nothing_a_damaged_wheel_is_told_and_the_sweep_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release, other = put_release(), put_release("demo/other")
    repair()
    flip(release.file_key)
    flip(other.file_key)

    def full(self: FileStore, key: str, source: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(FileStore, "put", full)
    assert set(repair().damaged) == {release.file_key, other.file_key}
    assert has(release), "the only copy there is stays"


def test_a_flipped_byte_in_metadata_is_mended_from_the_wheel() -> None:
    release = put_release()
    key = f"{release.file_key}.metadata"
    before = public_store().get(key)
    flip(key)
    assert repair().damaged == ()
    assert public_store().get(key) == before


def test_lost_metadata_is_written_again_from_the_wheel() -> None:
    release = put_release()
    key = f"{release.file_key}.metadata"
    before = public_store().get(key)
    public_store().delete(key)
    assert repair().lost == ()
    assert public_store().get(key) == before


def test_a_sweep_reads_a_part_and_the_next_goes_on_there(monkeypatch: pytest.MonkeyPatch) -> None:
    releases = [put_release(f"demo/item{number}") for number in range(4)]
    monkeypatch.setattr(damage, "BYTES_PER_SWEEP", 1)
    for release in releases:
        flip(release.file_key)
    found = [repair().damaged for _ in range(6)]
    assert [set(each) for each in found[:4]] == [{release.file_key} for release in releases]
    flip_back = put_release("demo/item9")
    flip(flip_back.file_key)
    assert flip_back.file_key in {key for _ in range(6) for key in repair().damaged}


def test_a_disk_that_cannot_be_read_costs_no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    release = put_release()

    real = FileStore.open

    def unreadable(self: FileStore, key: str) -> Stored:
        if key == release.file_key:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, key)

    monkeypatch.setattr(FileStore, "open", unreadable)
    assert repair().damaged == ()
    monkeypatch.undo()
    assert has(release)


def test_a_database_newer_than_the_tree_takes_out_what_it_hides() -> None:
    """The tree is of yesterday's backup: the quarantine and the yank are of today."""
    hidden, yanked = put_release(), put_release("demo/other")
    before = {key: public_store().get(key) for key in list(public_store().list())}
    Release.objects.filter(pk=hidden.pk).update(
        quarantined_at=timezone.now(), quarantine_reason="Malware"
    )
    yanked.yanks.create(reason="It breaks.")
    for release in (hidden, yanked):
        write_tool(release.tool_id)
    for key, data in before.items():
        public_store().put(key, data)
    repair(grace=-1)
    assert not has(hidden)
    assert index()["releases"][0]["quarantined"]["reason"] == "Malware"  # type: ignore[index]
    assert index("demo/other")["releases"][0]["yanked"]["reason"] == "It breaks."  # type: ignore[index]


def test_a_database_older_than_the_tree_publishes_nothing_that_was_withheld(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The database is of yesterday's backup: it knows nothing of today's quarantine."""
    release = put_release()
    Release.objects.update(quarantined_at=timezone.now(), quarantine_reason="Malware")
    write_tool(release.tool_id)
    Release.objects.update(quarantined_at=None, quarantine_reason="")
    caplog.set_level(logging.WARNING, "lumos.registry")
    for _ in range(2):
        assert repair(grace=-1).lost == ()
        assert not has(release)
        assert index()["releases"][0]["quarantined"] is not None  # type: ignore[index]
    assert "is withheld although" in caplog.text
    write_tool(release.tool_id)  # a moderator has released it
    assert has(release)
    assert repair().lost == ()


def test_what_a_database_of_yesterday_does_not_know_leaves_the_tree() -> None:
    kept, gone = put_release(), put_release("demo/later")
    write_config()
    gone.functions.all().delete()
    Tool.objects.filter(pk=gone.tool_id).update(latest=None)
    gone.delete()
    Tool.objects.filter(pk=gone.tool_id).delete()
    repair(grace=-1)
    assert has(kept)
    assert not has(gone)
    assert not public_store().exists("index/demo/later.json")
    assert b"demo-later" not in public_store().get("simple/index.html")


def test_a_sweep_over_a_sound_tree_writes_nothing_and_locks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_release()
    put_release("demo/other", dependencies=["demo-hello>=1"])
    write_config()
    repair()

    def never(self: FileStore, key: str, *_: object) -> None:
        raise AssertionError(f"{key} was written")

    monkeypatch.setattr(FileStore, "put", never)
    monkeypatch.setattr("registry.listings.write_listing", never)
    assert repair().lost == ()


@pytest.mark.django_db(transaction=True)
def test_a_sweep_goes_on_while_others_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite lets nobody write who still reads what was true before another wrote."""
    for number in range(4):
        put_release(f"demo/item{number}")

    def somebody_writes(*_: object) -> bool:
        def write() -> None:
            try:
                AuditEntry.objects.create(action="test", target="others write")
            finally:
                connection.close()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        return False

    monkeypatch.setattr("registry.values.BATCH", 1)
    monkeypatch.setattr("registry.listings.stand", somebody_writes)
    assert repair().tools == 4
