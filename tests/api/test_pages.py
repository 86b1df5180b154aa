"""Lists come page by page, by cursor: each row once, in order, whatever was added meanwhile."""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Namespace
from catalog.models import Release, Tool
from tests.support import Person, assert_ok, assert_problem
from tests.support.cast import NAMESPACE
from web.pagination import CursorPagination

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def _add_tools(count: int, **values: Any) -> list[Tool]:
    namespace = Namespace.objects.get(name=NAMESPACE)
    made = []
    for number in range(Tool.objects.count(), Tool.objects.count() + count):
        tool = Tool.objects.create(
            namespace=namespace, name=f"tool-{number}", distribution=f"demo-tool-{number}",
            title="T", summary="S", category="utility", card={"name": f"tool-{number}"},
            **{key: value(number) for key, value in values.items()},
        )  # fmt: skip
        tool.latest = _release(tool)
        tool.save()
        made.append(tool)
    return made


def _release(tool: Tool) -> Release:
    return Release.objects.create(
        tool=tool, version="1.0.0", sort_key="1", is_prerelease=False, filename=f"{tool.name}.whl",
        sha256="0" * 64, size=1, unpacked_size=1, metadata_sha256="0" * 64, metadata_text="",
        title="T", summary="S", category="utility", license="MIT", functions_digest="",
    )  # fmt: skip


def _walk(person: Person, path: str) -> list[str]:
    names: list[str] = []
    following: str | None = path
    while following:
        page = assert_ok(person.get(following))
        names += [row["name"] for row in page["results"]]
        following = page["next"]
    return names


@pytest.mark.parametrize("size", [1, 2, 7, 30])
@pytest.mark.parametrize("sort", ["updated", "created", "downloads", "rating"])
def test_every_tool_is_listed_once_and_in_order(
    alice: Person, monkeypatch: pytest.MonkeyPatch, size: int, sort: str
) -> None:
    monkeypatch.setattr(CursorPagination, "size", size)
    dice = random.Random(size)
    _add_tools(
        15,
        updated_at=lambda n: START + dt.timedelta(days=dice.randrange(4)),
        created_at=lambda n: START + dt.timedelta(microseconds=dice.randrange(4)),
        downloads_total=lambda n: dice.randrange(4),
        rating_count=lambda n: 3,
        rating_sum=lambda n: 10,
        rating_average=lambda n: 10 / 3 + dice.randrange(3) / 7,
    )
    columns = {
        "updated": "updated_at",
        "created": "created_at",
        "downloads": "downloads_total",
        "rating": "rating_average",
    }
    expected = Tool.objects.order_by(f"-{columns[sort]}", "-pk").values_list("name", flat=True)
    assert _walk(alice, f"/api/v1/tools?sort={sort}") == list(expected)


def test_what_is_added_meanwhile_shifts_nothing(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CursorPagination, "size", 4)
    before = _add_tools(8, updated_at=lambda n: START + dt.timedelta(days=n))
    page = assert_ok(alice.get("/api/v1/tools"))
    _add_tools(3, updated_at=lambda n: timezone.now())
    rest = _walk(alice, page["next"])
    names = [row["name"] for row in page["results"]] + rest
    assert names == [tool.name for tool in reversed(before)]


def test_filters_go_along_from_page_to_page(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CursorPagination, "size", 2)
    _add_tools(6, updated_at=lambda n: START + dt.timedelta(days=n))
    Tool.objects.filter(name__in=["tool-1", "tool-4", "tool-5"]).update(category="data")
    assert _walk(alice, "/api/v1/tools?category=data") == ["tool-5", "tool-4", "tool-1"]


def test_an_empty_list_is_a_page(visitor: Person) -> None:
    assert assert_ok(visitor.get("/api/v1/tools")) == {"results": [], "next": None}


def _cursor(*content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "%00", "=", "AAAA", "\xe9", _cursor(), _cursor(1), _cursor(1, 2, 3), _cursor({}, 1),
        _cursor("yesterday", 1), _cursor("2026-01-01T00:00:00Z", "abc"), _cursor(1, None),
        _cursor(True, 1), _cursor("2026-01-01T00:00:00Z", 10**30), _cursor(10**300, 1),
        _cursor("2026-01-01T00:00:00", 1), _cursor("\x00", 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("sort", ["updated", "downloads", "rating"])
def test_a_forged_cursor_is_refused(visitor: Person, cursor: str, sort: str) -> None:
    from urllib.parse import quote

    answer = visitor.get(f"/api/v1/tools?sort={sort}&cursor={quote(cursor)}")
    assert answer.status in (200, 422), answer
    if answer.status == 422:
        assert_problem(answer, 422, "cursor")


@pytest.mark.parametrize("cursor", ["", "+", "a b", "ö", "a=", "WzEsMV0!"])
def test_a_cursor_of_other_letters_is_refused(visitor: Person, cursor: str) -> None:
    from urllib.parse import quote

    assert_problem(visitor.get(f"/api/v1/tools?cursor={quote(cursor)}"), 422, "cursor")


@pytest.mark.parametrize("query", ["sort=name", "sort=", "sort=updated_at"])
def test_an_unknown_sort_lists_the_known_ones(visitor: Person, query: str) -> None:
    document = assert_problem(visitor.get(f"/api/v1/tools?{query}"), 422, "sort")
    assert "downloads" in document["suggestion"]


def test_a_category_that_does_not_exist_is_refused_as_search_does(visitor: Person) -> None:
    assert_problem(visitor.get("/api/v1/tools?category=nothing"), 422, "category")
    assert_problem(visitor.get("/api/v1/search?category=nothing"), 422, "category")
