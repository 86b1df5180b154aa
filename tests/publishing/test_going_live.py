"""From an upload to a release that everyone can find and install."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from catalog.models import Release, Tool
from core.models import AuditEntry, Job, JobState
from lumos.package.metadata.reader import parse_metadata
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok
from tests.support.jobs import live_tool, run_jobs


@pytest.mark.sandbox
def test_an_upload_is_checked_measured_and_published(alice: Person, tmp_path: Path) -> None:
    begun = assert_ok(alice.publish(build_wheel(tmp_path), notes="The first one."), 202)
    assert begun["state"] == "received"
    assert [step["state"] for step in begun["steps"]] == ["waiting"] * 5
    run_jobs()
    ended = alice.publication(begun)
    assert ended["state"] == "published", ended
    assert [step["name"] for step in ended["steps"]] == [
        "validating", "scanning", "testing", "scoring", "publishing",
    ]  # fmt: skip
    assert {step["state"] for step in ended["steps"]} == {"passed"}
    assert ended["release_url"] == "/tools/demo/hello/1.0.0/"
    assert all(isinstance(score, int) for score in ended["scores"].values()), ended["scores"]
    release = Release.objects.get()
    assert release.notes == "The first one."
    measured = release.quality.measurements
    assert measured["layers"]
    assert all(time > 0 for time in measured["cold_start_ms"])
    assert measured["peak_memory_bytes"] > 1_000_000


@pytest.fixture
def hello(alice: Person, tmp_path: Path, recorded_checks: None) -> dict[str, Any]:
    """demo/hello 1.0.0, live."""
    return live_tool(alice, tmp_path)


def test_the_index_names_the_file_by_its_hash(hello: dict[str, Any], visitor: Person) -> None:
    config = assert_ok(visitor.get("/index/demo/hello.json"))
    (release,) = config["releases"]
    assert release["version"] == "1.0.0"
    assert release["scores"] == hello["scores"]
    wheel = visitor.get(f"/files/{release['url'].removeprefix('../../files/')}")
    assert hashlib.sha256(wheel.body).hexdigest() == release["sha256"] == hello["sha256"]
    assert len(wheel.body) == release["size"]
    assert "immutable" in wheel.headers["cache-control"]


def test_pip_finds_file_hash_and_metadata(hello: dict[str, Any], visitor: Person) -> None:
    page = visitor.get("/simple/demo-hello/")
    link = re.search(r'href="([^"#]+)#sha256=([0-9a-f]{64})"', page.text)
    assert link, page
    assert link[2] == hello["sha256"]
    metadata = visitor.get(f"/files/{link[1].rpartition('/files/')[2] or link[1]}.metadata")
    if metadata.status == 404:
        metadata = visitor.get(f"/{link[1].removeprefix('../../')}.metadata")
    assert parse_metadata(metadata.body).name == "demo-hello"
    listed = visitor.get("/simple/", Accept="application/vnd.pypi.simple.v1+json").json()
    assert {"name": "demo-hello"} in listed["projects"]


def test_search_lists_and_pages_show_it(hello: dict[str, Any], visitor: Person) -> None:
    found = assert_ok(visitor.get("/api/v1/search?q=greets"))
    assert [card["tool"] for card in found["results"]] == ["demo/hello"]
    listed = assert_ok(visitor.get("/api/v1/tools"))
    assert [card["tool"] for card in listed["results"]] == ["demo/hello"]
    page = visitor.get("/tools/demo/hello/")
    assert page.status == 200
    assert "Greets people." in page.text
    assert "lumos add tool demo/hello" in page.text


def test_the_api_tells_functions_scores_and_file(hello: dict[str, Any], visitor: Person) -> None:
    tool = assert_ok(visitor.get("/api/v1/tools/demo/hello"))
    release = assert_ok(visitor.get("/api/v1/tools/demo/hello/releases/1.0.0"))
    assert tool["release"] == release
    (function,) = release["functions"]
    assert function["name"] == "hello"
    assert function["input_schema"]["required"] == ["name"]
    assert function["examples"][0]["output"] == {"text": "Hello Ada"}
    assert release["file"]["sha256"] == hello["sha256"]
    for score in release["quality"]["scores"].values():
        assert score["factors"]
    assert release["security"]["level"] == "safe"
    assert assert_ok(visitor.get("/api/v1/tools/demo/hello/releases"))["results"] == [release]


def test_the_change_is_audited_once_and_its_uploader_gets_mail(
    hello: dict[str, Any], alice: Person
) -> None:
    entry = AuditEntry.objects.get(action="release.publish")
    assert entry.actor is not None
    assert entry.actor.email == alice.email
    assert entry.data["sha256"] == hello["sha256"]
    (letter,) = mail.outbox
    assert letter.to == [alice.email]
    assert "demo/hello 1.0.0" in letter.subject
    assert hello["url"] in letter.body


def test_the_private_copy_of_the_upload_is_gone(hello: dict[str, Any], own_folders: Path) -> None:
    left = [path for path in (own_folders / "private").rglob("*") if path.is_file()]
    assert left == []
    assert list((own_folders / "tmp").iterdir()) == []


def test_every_job_is_done(hello: dict[str, Any]) -> None:
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}


def test_a_second_release_becomes_the_one_that_is_shown(
    hello: dict[str, Any], alice: Person, visitor: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path, version="1.1.0", title="Hello again")
    tool = assert_ok(visitor.get("/api/v1/tools/demo/hello"))
    assert (tool["version"], tool["title"]) == ("1.1.0", "Hello again")
    versions = [one["version"] for one in visitor.get("/index/demo/hello.json").json()["releases"]]
    assert versions == ["1.1.0", "1.0.0"]


def test_an_older_release_that_comes_later_is_not_shown_first(
    hello: dict[str, Any], alice: Person, visitor: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path, version="0.9.0")
    live_tool(alice, tmp_path, version="2.0.0-beta.1")
    assert assert_ok(visitor.get("/api/v1/tools/demo/hello"))["version"] == "1.0.0"
    versions = [one["version"] for one in visitor.get("/index/demo/hello.json").json()["releases"]]
    assert versions == ["2.0.0-beta.1", "1.0.0", "0.9.0"]


def test_bob_of_the_same_team_publishes_the_next_release(
    hello: dict[str, Any], bob: Person, tmp_path: Path
) -> None:
    live_tool(bob, tmp_path, version="1.0.1")
    publisher = Release.objects.get(version="1.0.1").publisher
    assert publisher is not None
    assert publisher.email == bob.email
    assert Tool.objects.count() == 1


def test_an_empty_upload_form_names_the_field(alice: Person, tmp_path: Path) -> None:
    from tests.support import assert_problem

    wheel = build_wheel(tmp_path)
    document = assert_problem(alice.publish(wheel, field="file"), 400, "invalid")
    assert "wheel" in str(document["errors"])
