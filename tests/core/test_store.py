"""One contract for every implementation of a store."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store import Store, StoreKeyError, private_store, public_store
from core.store.base import checked
from core.store.factory import STORES
from core.store.files import FileStore


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return STORES[request.param](tmp_path / "store")


def test_what_was_put_comes_back(store: Store, tmp_path: Path) -> None:
    store.put("files/ab/name.whl", b"bytes")
    assert store.get("files/ab/name.whl") == b"bytes"
    assert store.exists("files/ab/name.whl")
    assert store.size("files/ab/name.whl") == 5
    store.get_to_file("files/ab/name.whl", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"bytes"


def test_a_stream_can_be_put(store: Store) -> None:
    store.put("big", io.BytesIO(b"x" * 3_000_000))
    assert store.get("big") == b"x" * 3_000_000


def test_a_copy_in_a_file_is_of_its_own(store: Store, tmp_path: Path) -> None:
    store.put("key", b"bytes")
    store.get_to_file("key", tmp_path / "copy")
    (tmp_path / "copy").write_bytes(b"changed")
    assert store.get("key") == b"bytes"


def test_an_open_file_has_size_and_modification_time_and_can_be_read_from_any_offset(
    store: Store,
) -> None:
    before = time.time()
    store.put("key", b"0123456789")
    with store.open("key") as stored:
        assert stored.size == 10
        assert before - 1 < stored.modified < time.time() + 1
        assert stored.modified == store.modified("key")
        stored.stream.seek(4)
        assert stored.stream.read(3) == b"456"


def test_what_is_open_stays_as_it_was(store: Store) -> None:
    store.put("key", b"old")
    with store.open("key") as stored:
        store.put("key", b"newer")
        store.delete("key")
        assert (stored.size, stored.stream.read()) == (3, b"old")


def test_every_put_makes_another_version(store: Store) -> None:
    versions = []
    for content in (b"one", b"two", b"one"):
        store.put("key", content)
        for _ in range(2):
            with store.open("key") as stored:
                versions.append(stored.version)
    assert versions[0::2] == versions[1::2]
    assert len(set(versions)) == 3


def test_a_second_put_replaces_the_first(store: Store) -> None:
    store.put("key", b"old")
    store.put("key", b"new")
    assert store.get("key") == b"new"


@pytest.mark.parametrize("key", ["key", "folder", "there/below", "k" * 300, "k/" * 3000 + "k"])
def test_what_is_not_there_is_said(store: Store, tmp_path: Path, key: str) -> None:
    store.put("folder/file", b"")
    store.put("there", b"")
    for read in (store.get, store.open, store.size, store.modified):
        with pytest.raises(StoreKeyError):
            read(key)
    with pytest.raises(StoreKeyError):
        store.get_to_file(key, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert not store.exists(key)


def test_deleting_twice_is_no_error(store: Store) -> None:
    store.put("key", b"")
    store.delete("key")
    store.delete("key")
    assert not store.exists("key")


def test_keys_are_listed_in_order_below_a_folder(store: Store) -> None:
    for key in ("b/2", "a/1", "b/1", "bc"):
        store.put(key, b"")
    assert list(store.list()) == ["a/1", "b/1", "b/2", "bc"]
    assert list(store.list("b")) == ["b/1", "b/2"]
    assert list(store.list("nothing")) == []


@given(keys=st.sets(st.from_regex(r"[a-c+.-]{1,2}(/[a-c+.-]{1,2}){0,2}", fullmatch=True)))
def test_every_store_lists_in_the_same_order(
    tmp_path_factory: pytest.TempPathFactory, keys: set[str]
) -> None:
    for name in STORES:
        store = STORES[name](tmp_path_factory.mktemp("order"))
        stored = set()
        for key in keys:
            with contextlib.suppress(StoreKeyError, OSError):  # "a" is no folder of "a/b"
                store.put(key, b"")
                stored.add(key)
        assert list(store.list()) == sorted(stored)


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../secret", "a/../b", "a//b", ".", "a/./b", "a b", "a\nb", "a\x00b"]
)
def test_no_key_leads_out_of_the_store(store: Store, key: str) -> None:
    for verb in (store.get, store.delete, store.exists, store.size, store.modified, store.open):
        with pytest.raises(StoreKeyError):
            verb(key)
    with pytest.raises(StoreKeyError):
        store.put(key, b"")


@given(st.text(max_size=40))
def test_a_key_is_refused_or_stays_below_the_root(key: str) -> None:
    try:
        checked(key)
    except StoreKeyError:
        return
    root = Path("/srv/store")
    assert (root / key).resolve().is_relative_to(root)
    assert (root / key).resolve() != root


def test_a_write_that_fails_leaves_the_old_bytes_and_no_rubbish(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put("key", b"old")

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        store.put("key", Broken())
    with pytest.raises(AttributeError):
        store.put("key", "text")  # type: ignore[arg-type]
    assert store.get("key") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_reader_never_sees_half_of_a_write(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    versions = [bytes([number]) * 200_000 for number in range(4)]
    store.put("key", versions[0])
    stop = threading.Event()
    torn: list[bytes] = []

    def read() -> None:
        while not stop.is_set():
            if (seen := store.get("key")) not in versions:
                torn.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(60):
        store.put("key", versions[turn % 4])
    stop.set()
    reader.join()
    assert torn == []


def test_web_servers_of_another_user_may_read_what_is_stored(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "public")
    store.put("index/config.json", b"{}")
    assert (tmp_path / "public/index/config.json").stat().st_mode & 0o777 == 0o644


def test_links_pipes_and_folders_in_the_store_cannot_be_opened(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "store")
    store.put("real/file", b"bytes")
    (tmp_path / "secret").write_bytes(b"secret")
    os.mkfifo(store.root / "pipe")
    (store.root / "link").symlink_to(tmp_path / "secret")
    (store.root / "folder").symlink_to(tmp_path)
    for key in ("pipe", "link", "folder/secret", "folder"):
        with pytest.raises(StoreKeyError):
            store.open(key)


def test_the_settings_choose_the_store(settings: Any, tmp_path: Path) -> None:
    settings.STORE = "memory"
    settings.PUBLIC_DIR, settings.PRIVATE_DIR = tmp_path / "public", tmp_path / "private"
    public_store().put("key", b"bytes")
    assert public_store().get("key") == b"bytes"
    assert not private_store().exists("key")
    assert list(tmp_path.iterdir()) == []
