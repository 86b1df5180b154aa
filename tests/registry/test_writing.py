"""The tree says what the database says, whatever happened in between."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalog.models import Release, Tool, ToolStatus, Yank
from core.store import StoreKeyError, private_store, public_store
from registry import listings
from registry.actions import claim, repair, write_config, write_tool
from tests.registry.releases import put_release

pytestmark = pytest.mark.usefixtures("own_folders", "db")


def index(tool: str = "demo/hello") -> Any:
    return json.loads(public_store().get(f"index/{tool}.json"))


def page(distribution: str = "demo-hello") -> Any:
    return json.loads(public_store().get(f"simple/{distribution}/index.json"))


def has_file(release: Release) -> bool:
    found = {
        public_store().exists(key) for key in (release.file_key, f"{release.file_key}.metadata")
    }
    assert len(found) == 1, "the wheel and its metadata go together"
    return found.pop()


def tree() -> dict[str, bytes]:
    return {key: public_store().get(key) for key in list(public_store().list())}


def change(release: Release, **columns: Any) -> None:
    Release.objects.filter(pk=release.pk).update(**columns)
    write_tool(release.tool_id)


def set_status(release: Release, status: ToolStatus) -> None:
    Tool.objects.filter(pk=release.tool_id).update(status=status)
    write_tool(release.tool_id)


def test_a_release_is_in_every_document_and_its_file_is_there() -> None:
    release = put_release(dependencies=["openpyxl>=3.1"])
    assert index() == {
        "schema": 1,
        "tool": "demo/hello",
        "distribution": "demo-hello",
        "title": "Hello",
        "summary": "Greets people.",
        "category": "utility",
        "status": "active",
        "deprecation": None,
        "successor": None,
        "funding_url": None,
        "releases": [
            {
                "version": "1.0.0",
                "file": "demo_hello-1.0.0-py3-none-any.whl",
                "url": f"../../{release.file_key}",
                "sha256": release.sha256,
                "size": release.size,
                "requires_python": ">=3.11",
                "uploaded_at": release.published_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "dependencies": {"tools": [], "python": ["openpyxl>=3.1"]},
                "permissions": {
                    "declared": ["network:api.example.org"],
                    "found": ["environment", "network:api.example.org"],
                    "dependencies_checked": False,
                    "seen": None,
                },
                "functions": ["hello"],
                "functions_digest": "sha256:" + "0" * 64,
                "scores": {
                    "security": 96, "performance": None, "compatibility": 99,
                    "documentation": 91, "overall": 90,
                },
                "gate_passed": False,
                "yanked": None,
                "quarantined": None,
            }
        ],
    }  # fmt: skip
    stored = public_store().get(release.file_key)
    assert hashlib.sha256(stored).hexdigest() == release.sha256
    metadata = public_store().get(f"{release.file_key}.metadata")
    assert page()["files"][0]["core-metadata"]["sha256"] == hashlib.sha256(metadata).hexdigest()


def test_the_index_document_also_lies_under_its_own_hash() -> None:
    put_release()
    document = public_store().get("index/demo/hello.json")
    sha256 = hashlib.sha256(document).hexdigest()
    assert public_store().get(f"index/demo/{sha256}.hello.json") == document


def test_releases_stand_newest_first_by_semver() -> None:
    for version in ("1.9.0", "1.10.0-rc.1", "1.10.0"):
        put_release(version=version)
    assert [each["version"] for each in index()["releases"]] == ["1.10.0", "1.10.0-rc.1", "1.9.0"]
    assert page()["versions"] == ["1.9.0", "1.10.0rc1", "1.10.0"]


def test_a_dependency_on_a_tool_is_told_as_such() -> None:
    put_release("demo/base")
    put_release("demo/hello", dependencies=["demo-base>=1.0,<2"])
    assert index()["releases"][0]["dependencies"] == {
        "tools": [{"tool": "demo/base", "specifier": ">=1.0,<2"}],
        "python": [],
    }


def test_a_reason_cannot_command_the_terminal_that_shows_it() -> None:
    release = put_release()
    reason = "It breaks.\n\x1b]0;pwned\x07 \u202eread backwards"
    Yank.objects.create(release=release, reason=reason)
    Tool.objects.filter(pk=release.tool_id).update(deprecation="\x1b[2JGone.")
    set_status(release, ToolStatus.DEPRECATED)
    told = "It breaks. ]0;pwned read backwards"
    assert index()["releases"][0]["yanked"]["reason"] == page()["files"][0]["yanked"] == told
    assert index()["deprecation"] == page()["project-status"]["reason"] == "[2JGone."


def test_a_yank_changes_the_documents_and_keeps_the_file() -> None:
    release = put_release()
    Yank.objects.create(release=release, reason="It breaks.")
    write_tool(release.tool_id)
    assert index()["releases"][0]["yanked"]["reason"] == "It breaks."
    assert page()["files"][0]["yanked"] == "It breaks."
    assert has_file(release)
    Yank.objects.update(undone_at=timezone.now())
    write_tool(release.tool_id)
    assert index()["releases"][0]["yanked"] is None
    assert page()["files"][0]["yanked"] is False


def test_a_quarantined_release_loses_its_file_and_gets_it_back() -> None:
    release = put_release()
    before = public_store().get(release.file_key)
    change(release, quarantined_at=timezone.now(), quarantine_reason="It phones home.")
    assert index()["releases"][0]["quarantined"]["reason"] == "It phones home."
    assert page()["files"] == []
    assert not has_file(release)
    change(release, quarantined_at=None, quarantine_reason="")
    assert public_store().get(release.file_key) == before
    assert has_file(release)
    assert list(private_store().list()) == []
    assert len(page()["files"]) == 1


def test_a_quarantined_tool_is_told_and_no_file_of_it_can_be_had() -> None:
    old, new = put_release(), put_release(version="1.1.0")
    set_status(old, ToolStatus.QUARANTINED)
    assert index()["status"] == "quarantined"
    assert page()["files"] == []
    assert not has_file(old)
    assert not has_file(new)
    set_status(old, ToolStatus.ACTIVE)
    assert has_file(old)
    assert has_file(new)


def test_a_deleted_release_is_gone_everywhere() -> None:
    kept, gone = put_release(), put_release(version="1.1.0")
    change(gone, deleted_at=timezone.now())
    assert [each["version"] for each in index()["releases"]] == ["1.0.0"]
    assert not has_file(gone)
    assert has_file(kept)
    assert list(private_store().list()) == []


def test_a_deleted_tool_keeps_an_empty_page_so_that_its_name_is_sought_nowhere_else() -> None:
    release = put_release()
    set_status(release, ToolStatus.DELETED)
    assert (index()["status"], index()["releases"]) == ("deleted", [])
    assert page()["files"] == []
    assert not has_file(release)
    assert b"demo-hello" not in public_store().get("simple/index.html")


def test_a_deleted_release_that_was_quarantined_leaves_nothing_behind() -> None:
    release = put_release()
    change(release, quarantined_at=timezone.now(), quarantine_reason="Spam")
    assert list(private_store().list())
    change(release, deleted_at=timezone.now())
    assert list(private_store().list()) == []


def test_a_deprecated_tool_names_its_successor() -> None:
    successor = put_release("demo/hi").tool
    release = put_release()
    Tool.objects.filter(pk=release.tool_id).update(
        status=ToolStatus.DEPRECATED, successor=successor, deprecation="Use demo/hi."
    )
    write_tool(release.tool_id)
    assert (index()["status"], index()["successor"]) == ("deprecated", "demo/hi")
    assert page()["project-status"] == {"status": "deprecated", "reason": "Use demo/hi."}


def test_the_root_lists_every_distribution() -> None:
    put_release("demo/hello")
    put_release("acme/web-search")
    names = [
        each["name"] for each in json.loads(public_store().get("simple/index.json"))["projects"]
    ]
    assert names == ["acme-web-search", "demo-hello"]


def test_nothing_is_written_that_stands_there_already() -> None:
    release = put_release()
    root = Path(settings.PUBLIC_DIR)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    write_tool(release.tool_id)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_the_entry_document_says_where_everything_is() -> None:
    write_config()
    assert json.loads(public_store().get("index/config.json")) == {
        "schema": 1,
        "name": "Lumos Marketplace",
        "api": "/api/v1/",
        "index": "/index/",
        "simple": "/simple/",
        "files": "/files/",
    }
    assert json.loads(public_store().get("simple/index.json"))["projects"] == []


@pytest.mark.django_db(transaction=True)
def test_an_old_state_never_overwrites_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two writers of one tool, of which the slow one began before the yank."""
    release = put_release()
    reached, go_on = threading.Event(), threading.Event()
    write = listings.write_documents

    def slow(*args: Any) -> None:
        if threading.current_thread().name == "slow":
            reached.set()
            go_on.wait(10)
        write(*args)

    def work() -> None:
        try:
            write_tool(release.tool_id)
        finally:
            connection.close()

    monkeypatch.setattr(listings, "write_documents", slow)
    writers = [threading.Thread(target=work, name=name) for name in ("slow", "quick")]
    writers[0].start()
    assert reached.wait(10)
    threading.Timer(0.3, go_on.set).start()
    Yank.objects.create(release=release, reason="It breaks.")
    writers[1].start()
    for writer in writers:
        writer.join(30)
    assert index()["releases"][0]["yanked"]["reason"] == "It breaks."


def test_repair_writes_again_what_was_lost_or_changed() -> None:
    release = put_release()
    write_config()
    claim("demo")
    store = public_store()
    before = tree()
    store.put("index/demo/hello.json", b"{}")
    for key in ("simple/index.html", "simple/demo-hello/index.json", "index/config.json"):
        store.delete(key)
    repaired = repair()
    assert (repaired.tools, repaired.removed, repaired.lost) == (1, (), ())
    assert tree() == before
    assert release.file_key in before


def test_repair_removes_what_should_not_be_there_but_not_what_is_young() -> None:
    release = put_release()
    store = public_store()
    strangers = (
        "files/aa/" + "a" * 64 + "/acme_x-1.0.0-py3-none-any.whl",
        "index/acme/x.json",
        "simple/acme-x/index.html",
        f"index/demo/{'0' * 64}.hello.json",
    )
    for key in strangers:
        store.put(key, b"")
    assert repair().removed == ()
    assert set(repair(grace=-1).removed) == set(strangers)
    assert has_file(release)
    assert repair(grace=-1).removed == ()


def test_repair_tells_which_wheels_are_lost() -> None:
    release = put_release()
    public_store().delete(release.file_key)
    assert repair().lost == (release.file_key,)


def test_repair_takes_out_what_a_killed_quarantine_left() -> None:
    release = put_release()
    Release.objects.update(quarantined_at=timezone.now(), quarantine_reason="Spam")
    repair()
    assert not has_file(release)
    with pytest.raises(StoreKeyError):
        public_store().get(release.file_key)


def test_repair_removes_what_killed_writers_left_half_written() -> None:
    put_release()
    folder = Path(settings.PUBLIC_DIR, "simple")
    (folder / ".tmp-half").write_bytes(b"half")
    repair()
    assert (folder / ".tmp-half").exists(), "it may be a writer that lives"
    repair(grace=-1)
    assert not (folder / ".tmp-half").exists()
