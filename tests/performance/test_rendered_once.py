"""What is read often was rendered when it changed; reading it renders nothing again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework import serializers

from bench.fill import fill, index
from catalog import render
from catalog.models import Release, Tool, ToolStatus
from catalog.tasks import render_missing
from marketplace.templatetags import evidence
from tests.performance.addresses import API
from tests.support import Person, assert_ok
from tests.support.jobs import live_tool, run_jobs
from web.pagination import CursorPagination


def _refuse(*_: Any, **__: Any) -> Any:
    raise AssertionError("something is rendered although it was only read")


def test_the_api_serves_what_was_rendered_before(
    tools: Callable[[int], None], visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools(3)
    tool = Tool.objects.select_related("namespace").latest("pk")
    for name in ("card", "document", "release_document"):
        monkeypatch.setattr(render, name, _refuse)
    monkeypatch.setattr(serializers.BaseSerializer, "data", property(_refuse))
    assert tool.latest is not None
    for path in API:
        assert_ok(visitor.get(path.format(tool=tool.full_name, version=tool.latest.version)))
    assert visitor.get(f"/api/v1/tools/{tool.full_name}").text == tool.document
    address = f"/api/v1/tools/{tool.full_name}/releases/{tool.latest.version}"
    assert visitor.get(address).text == tool.latest.document


def test_a_page_of_cards_renders_each_card_once_in_a_process(
    tools: Callable[[int], None], visitor: Person
) -> None:
    tools(20)
    evidence._card.cache_clear()
    for _ in range(3):
        assert visitor.get("/search").status == 200
    assert evidence._card.cache_info().misses == 18


def test_a_yank_is_rendered_into_all_documents(
    alice: Person, visitor: Person, tmp_path: Path, recorded_checks: None
) -> None:
    live_tool(alice, tmp_path)
    assert_ok(alice.yank("demo/hello", "1.0.0", "It greets the wrong person."))
    run_jobs()
    for document in _documents(visitor):
        assert document["yanked"]["reason"] == "It greets the wrong person."
    assert_ok(alice.unyank("demo/hello", "1.0.0"))
    run_jobs()
    assert [document["yanked"] for document in _documents(visitor)] == [None] * 3


def _documents(visitor: Person) -> list[dict[str, Any]]:
    """The same release, from the three addresses that show it."""
    base = "/api/v1/tools/demo/hello"
    return [
        assert_ok(visitor.get(base))["release"],
        assert_ok(visitor.get(f"{base}/releases"))["results"][0],
        assert_ok(visitor.get(f"{base}/releases/1.0.0")),
    ]


def test_the_releases_of_a_tool_come_by_pages_each_once_newest_first(
    own_folders: Path, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CursorPagination, "size", 10)
    fill(1, releases=25)
    tool = Tool.objects.select_related("namespace").get()
    seen: list[str] = []
    following: str | None = f"/api/v1/tools/{tool.full_name}/releases"
    while following:
        page = assert_ok(visitor.get(following))
        assert len(page["results"]) <= 10
        seen += [release["version"] for release in page["results"]]
        following = page["next"]
    assert seen == [f"1.{minor}.0" for minor in range(24, -1, -1)]


def test_a_release_from_before_there_was_a_place_for_its_document_gets_one(
    own_folders: Path, visitor: Person
) -> None:
    fill(1, releases=2)
    tool = Tool.objects.select_related("namespace").get()
    expected = _stored_documents()
    address = f"/api/v1/tools/{tool.full_name}/releases"
    shown = assert_ok(visitor.get(address))
    Release.objects.update(document="")
    assert assert_ok(visitor.get(address)) == shown
    assert not Release.objects.exclude(document="").exists(), "a GET has written"
    render_missing()
    assert _stored_documents() == expected


def _stored_documents() -> list[Any]:
    """By meaning: PostgreSQL keeps the keys of JSON in an order of its own."""
    return [
        json.loads(one) for one in Release.objects.order_by("pk").values_list("document", flat=True)
    ]


@pytest.mark.parametrize(
    ("status", "listed"),
    [
        (ToolStatus.ACTIVE, True),
        (ToolStatus.DEPRECATED, True),
        (ToolStatus.QUARANTINED, False),
        (ToolStatus.DELETED, False),
    ],
)
def test_the_database_itself_says_whether_a_tool_is_listed(
    own_folders: Path, db: None, status: str, listed: bool
) -> None:
    fill(1)
    Tool.objects.update(status=status, deprecation="Use another.")
    assert Tool.objects.live().exists() is listed
    Tool.objects.update(latest=None)
    assert not Tool.objects.live().exists()


def test_what_a_tool_repeats_of_its_releases_adds_up_on_the_home_page(
    own_folders: Path, visitor: Person
) -> None:
    from marketplace import queries

    fill(5)
    index()
    totals = queries.home().totals
    live = Release.objects.live()
    assert totals["tools"] == 5
    assert totals["releases"] == live.count()
    assert totals["functions"] == sum(tool.latest.functions.count() for tool in _tools())
    assert totals["downloads"] == sum(tool.downloads_total for tool in _tools())


def _tools() -> Any:
    return Tool.objects.select_related("latest")
