"""The index says what the database says."""

from __future__ import annotations

import shutil
import threading
from dataclasses import asdict
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from catalog import render
from catalog.models import Release, Tool, ToolStatus
from catalog.shapes import ToolCard
from config import health
from lumos.package.values import read
from search import actions
from search.documents import document, indexable
from search.engines.base import SearchUnavailable
from search.engines.lock import FolderLock
from search.factory import search_engine
from search.query import search
from tests.registry.releases import put_release

pytestmark = pytest.mark.usefixtures("own_folders", "db")


def put(name: str = "demo/hello", **parts: object) -> Release:
    release = put_release(name, written=False, **parts)
    actions.index_tool(release.tool_id)
    return release


def found(text: str) -> list[str]:
    return [card.tool for card in search(text).cards]


def test_a_tool_is_found_by_every_part_of_it() -> None:
    release = put("acme/web-search", release_title="Ask the web", release_keywords=["engine"])
    release.functions.update(name="lookup", description="Query a crawler.")
    Release.objects.update(readme="Ranks documents by relevance.")
    actions.index_tool(release.tool_id)
    for text in ("web-search", "acme", "ask", "engine", "lookup", "crawler", "relevance", "greets"):
        assert found(text) == ["acme/web-search"], text


def test_a_result_is_the_card_as_it_was_rendered() -> None:
    release = put()
    assert [asdict(card) for card in search("hello").cards] == [
        asdict(read(ToolCard, Tool.objects.get(pk=release.tool_id).card))
    ]


def test_a_search_reads_no_database(django_assert_num_queries: object) -> None:
    put()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert found("hello") == ["demo/hello"]


@pytest.mark.parametrize("status", [ToolStatus.QUARANTINED, ToolStatus.DELETED])
def test_a_tool_that_is_hidden_leaves_the_index_and_comes_back(status: ToolStatus) -> None:
    release = put()
    tools = Tool.objects.filter(pk=release.tool_id)
    tools.update(status=status)
    actions.index_tool(release.tool_id)
    assert found("hello") == []
    tools.update(status=ToolStatus.DEPRECATED, deprecation="Use another.")
    actions.index_tool(release.tool_id)
    assert found("hello") == ["demo/hello"]


def test_new_figures_reach_the_order_of_results() -> None:
    one, two = put("demo/one"), put("demo/two")
    for release, downloads in ((one, 3), (two, 7)):
        Tool.objects.filter(pk=release.tool_id).update(downloads_total=downloads)
        render.refresh(Tool.objects.get(pk=release.tool_id))
        actions.index_tool(release.tool_id)
    cards = search("", sort="downloads").cards
    assert [(card.tool, card.downloads) for card in cards] == [
        ("demo/two", 7),
        ("demo/one", 3),
    ]


def test_the_command_makes_the_index_anew() -> None:
    put("demo/one")
    put_release("demo/two", written=False)
    out = StringIO()
    call_command("rebuild_search", stdout=out)
    assert out.getvalue().strip() == "2 tools indexed"
    assert search_engine().ids() == {"demo/one", "demo/two"}


def test_a_lost_index_is_made_again_by_the_sweep() -> None:
    put()
    shutil.rmtree(settings.SEARCH_DIR)
    assert found("hello") == []
    actions.repair()
    assert found("hello") == ["demo/hello"]


def test_a_marketplace_whose_index_is_lost_is_not_ready_until_it_is_made_again() -> None:
    put()
    assert health.CHECKS["search"]() == "ok"
    shutil.rmtree(settings.SEARCH_DIR)
    assert health.CHECKS["search"]() != "ok"
    actions.repair()
    assert health.CHECKS["search"]() == "ok"


def test_a_marketplace_without_tools_needs_no_index() -> None:
    assert health.CHECKS["search"]() == "ok"


def test_a_lost_index_of_many_tools_is_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MANY", 1)
    for name in ("demo/one", "demo/two", "demo/three"):
        put_release(name, written=False)
    actions.repair()
    assert search_engine().count() == 3


def test_a_damaged_index_is_made_again_by_the_sweep() -> None:
    put()
    (settings.SEARCH_DIR / "damaged").touch()
    with pytest.raises(SearchUnavailable):
        search_engine().ids()
    actions.repair()
    assert search_engine().ids() == {"demo/hello"}


def test_the_sweep_adds_what_lacks_and_removes_what_is_hidden() -> None:
    kept, hidden = put("demo/kept"), put("demo/hidden")
    put_release("demo/lacking", written=False)
    Tool.objects.filter(pk=hidden.tool_id).update(status=ToolStatus.QUARANTINED)
    actions.repair()
    assert search_engine().ids() == {"demo/kept", "demo/lacking"}
    assert kept.tool.full_name in found("kept")


def test_a_sweep_over_a_good_index_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    put()

    def refuse(self: FolderLock) -> None:
        raise AssertionError("nobody needs to write")

    monkeypatch.setattr(FolderLock, "__enter__", refuse)
    actions.repair()


@pytest.mark.django_db(transaction=True)
def test_old_news_never_overtake_new_ones() -> None:
    """Many jobs of one tool at once, while its title changes: the last title is found."""
    release = put()

    def work(number: int) -> None:
        try:
            Release.objects.filter(pk=release.pk).update(readme=f"turn{number}")
            Tool.objects.filter(pk=release.tool_id).update(downloads_total=number)
            actions.index_tool(release.tool_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tool = indexable(Tool.objects.filter(pk=release.tool_id)).get()
    readme = document(tool).readme
    assert found(readme) == ["demo/hello"]
    assert search_engine().count() == 1
