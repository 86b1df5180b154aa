"""Where a tool's authors can be supported: a project URL that every place shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.models import Release, Tool
from tests.publishing.test_undeclared_use import ask
from tests.support import Person, assert_ok
from tests.support.jobs import live_tool

pytestmark = pytest.mark.usefixtures("recorded_checks")
ADDRESS = "https://funding.example.org/hello"


def test_every_place_shows_where_to_support_the_authors(
    alice: Person, visitor: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path, metadata={"Project-URL": f"Funding, {ADDRESS}"})
    tool = assert_ok(visitor.get("/api/v1/tools/demo/hello"))
    card = assert_ok(visitor.get("/api/v1/tools"))["results"][0]
    index = visitor.get("/index/demo/hello.json").json()
    agent = ask(visitor, "search_tools", {"query": "hello"})["tools"][0]
    for place in (tool, card, index, agent):
        assert place["funding_url"] == ADDRESS
    assert ADDRESS in visitor.get("/tools/demo/hello/").text


@pytest.mark.parametrize(
    "urls",
    [{}, {"Homepage": ADDRESS}, {"Funding": "http://funding.example.org/"}],
)
def test_only_a_secure_address_with_a_known_label_counts(urls: dict[str, str]) -> None:
    assert Tool(latest=Release(urls=urls)).funding_url is None
