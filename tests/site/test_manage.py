"""A publisher manages what is live on a page of its own; for others there is no such page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from catalog.models import Release, Tool, ToolStatus
from tests.support import Person
from tests.support.jobs import live_tool

PAGE = "/tools/demo/hello/manage/"
Browse = Callable[[str], Client]

pytestmark = pytest.mark.usefixtures("recorded_checks")


@pytest.fixture
def live(alice: Person, tmp_path: Path) -> None:
    """demo/hello 1.0.0 and 1.1.0, live."""
    live_tool(alice, tmp_path)
    live_tool(alice, tmp_path, version="1.1.0")


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_who_publishes_the_tool_finds_the_page(live: None, browse: Browse, name: str) -> None:
    client = browse(name)
    assert f'href="{PAGE}"' in client.get("/tools/demo/hello/").content.decode()
    text = client.get(PAGE).content.decode()
    assert "Yank 1.1.0" in text
    assert "Delete 1.0.0 permanently" in text


def test_to_others_there_is_no_such_page(live: None, browse: Browse, visit: Client) -> None:
    charlie = browse("charlie")
    assert charlie.get(PAGE).status_code == 404
    assert charlie.post(PAGE, {"verb": "deprecate", "reason": "Mine."}).status_code == 404
    assert f'href="{PAGE}"' not in charlie.get("/tools/demo/hello/").content.decode()
    assert visit.get(PAGE).status_code == 302
    assert Tool.objects.get().status == ToolStatus.ACTIVE


def test_a_release_is_yanked_and_brought_back(live: None, browse: Browse) -> None:
    alice = browse("alice")
    form = {"verb": "yank", "version": "1.1.0", "reason": "It forgets <names>."}
    page = alice.post(PAGE, form, follow=True).content.decode()
    assert "1.1.0 was yanked" in page
    assert "It forgets &lt;names&gt;." in page
    assert Release.objects.get(version="1.1.0").is_yanked
    alice.post(PAGE, {"verb": "unyank", "version": "1.1.0"})
    assert not Release.objects.get(version="1.1.0").is_yanked


def test_a_refusal_stands_on_the_page_and_keeps_what_was_typed(live: None, browse: Browse) -> None:
    alice = browse("alice")
    answer = alice.post(PAGE, {"verb": "deprecate", "reason": "Old.", "successor": "demo/hello"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "be its own successor" in text
    assert 'value="demo/hello"' in text


def test_the_last_release_deleted_leads_back_to_the_desk(live: None, browse: Browse) -> None:
    alice = browse("alice")
    alice.post(PAGE, {"verb": "delete", "version": "1.1.0"})
    answer = alice.post(PAGE, {"verb": "delete", "version": "1.0.0"})
    assert answer["Location"] == "/account/"
    assert not Tool.objects.live().exists()


def test_a_version_that_is_not_there_is_not_found(live: None, browse: Browse) -> None:
    assert browse("alice").post(PAGE, {"verb": "unyank", "version": "9.9.9"}).status_code == 404
