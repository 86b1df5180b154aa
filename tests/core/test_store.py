"""The stores keep one contract: the one on the disk and its twin in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store import Store, StoreKeyError
from core.store.base import checked
from core.store.files import FileStore
from core.store.memory import MemoryStore


@pytest.fixture(params=["files", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    made: Store = FileStore(tmp_path / "store") if request.param == "files" else MemoryStore()
    return made


def test_what_was_put_comes_back(store: Store) -> None:
    store.put("files/ab/name.whl", b"bytes")
    assert store.get("files/ab/name.whl") == b"bytes"
    assert store.local_path("files/ab/name.whl").read_bytes() == b"bytes"
    assert store.exists("files/ab/name.whl")


def test_a_file_can_be_put_without_reading_it_into_memory(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x" * 3_000_000)
    store.put_file("big", source)
    assert len(store.get("big")) == 3_000_000


def test_a_second_put_replaces_the_first(store: Store) -> None:
    store.put("key", b"old")
    store.put("key", b"new")
    assert store.get("key") == b"new"


@pytest.mark.parametrize("read", [lambda s: s.get("key"), lambda s: s.local_path("key")])
def test_what_is_not_there_is_said(store: Store, read: Callable[[Store], object]) -> None:
    with pytest.raises(StoreKeyError):
        read(store)
    assert not store.exists("key")


def test_deleting_twice_is_no_error(store: Store) -> None:
    store.put("key", b"")
    store.delete("key")
    store.delete("key")
    assert not store.exists("key")


def test_keys_are_listed_in_order_below_a_folder(store: Store) -> None:
    for key in ("b/2", "a/1", "b/1", "bc"):
        store.put(key, b"")
    assert list(store.keys()) == ["a/1", "b/1", "b/2", "bc"]
    assert list(store.keys("b")) == ["b/1", "b/2"]
    assert list(store.keys("nothing")) == []


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../secret", "a/../b", "a//b", ".", "a/./b", "a b", "a\nb", "a\x00b"]
)
def test_no_key_leads_out_of_the_store(store: Store, key: str) -> None:
    for verb in (store.get, store.delete, store.exists):
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
    with pytest.raises(FileNotFoundError):
        store.put_file("key", tmp_path / "missing")
    with pytest.raises(TypeError):
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
