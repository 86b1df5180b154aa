"""GET /api/v1/search."""

from __future__ import annotations

from typing import Any

import pytest

from search.factory import search_engine
from tests.search.samples import document
from tests.support import Person, assert_ok, assert_problem

BASE = "/api/v1/search"


@pytest.fixture
def catalog(visitor: Person) -> Person:
    """A visitor before a shop with 25 tools."""
    search_engine().rebuild(
        [
            document("lumos/csv-parser", category="data"),
            document("lumos/http-request", category="web", downloads=9),
            document("zhang/shuju", category="data", title="数据处理"),
            *(document(f"acme/clock-{n}", category="utility") for n in range(22)),
        ]
    )
    return visitor


def ask(person: Person, query: str) -> dict[str, Any]:
    found: dict[str, Any] = assert_ok(person.get(f"{BASE}?{query}"))
    return found


def test_the_answer_has_cards_counts_and_pages(catalog: Person) -> None:
    found = ask(catalog, "q=clock&page=2&size=10")
    assert {key: found[key] for key in ("query", "total", "page", "pages", "sort")} == {
        "query": "clock", "total": 22, "page": 2, "pages": 3, "sort": "relevance",
    }  # fmt: skip
    assert len(found["results"]) == 10
    assert found["facets"] == {"category": {"utility": 22}}


def test_no_words_and_no_parameters_list_everything(catalog: Person) -> None:
    found = ask(catalog, "")
    assert (found["total"], len(found["results"]), found["pages"]) == (25, 20, 2)
    assert found["facets"]["category"] == {"utility": 22, "data": 2, "web": 1}


def test_a_category_narrows_and_the_facets_keep_the_others(catalog: Person) -> None:
    found = ask(catalog, "category=data")
    assert {card["tool"] for card in found["results"]} == {"lumos/csv-parser", "zhang/shuju"}
    assert found["facets"]["category"]["utility"] == 22


def test_chinese_and_percent_signs_arrive_as_typed(catalog: Person) -> None:
    assert ask(catalog, "q=%E6%95%B0%E6%8D%AE")["results"] == [{"tool": "zhang/shuju"}]
    assert ask(catalog, "q=100%25")["query"] == "100%"


def test_sorting_can_be_chosen(catalog: Person) -> None:
    assert ask(catalog, "sort=downloads")["results"][0] == {"tool": "lumos/http-request"}


def test_a_page_beyond_the_last_is_empty(catalog: Person) -> None:
    found = ask(catalog, "q=clock&page=9")
    assert (found["results"], found["total"], found["pages"]) == ([], 22, 2)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("category=nonsense", "category"),
        ("sort=magic", "sort"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=two", "page"),
        ("page=501", "page"),
        ("page=99999999999999999999", "page"),
        ("page=²", "page"),
        ("size=0", "size"),
        ("size=101", "size"),
        ("size=", "size"),
        ("category=", "category"),
        ("sort=", "sort"),
        ("q[]=x", "unknown_parameter"),
        ("q=" + "x" * 401, "query_too_long"),
    ],
)
def test_what_cannot_be_asked_is_a_problem_with_a_way_out(
    catalog: Person, query: str, code: str
) -> None:
    assert_problem(catalog.get(f"{BASE}?{query}"), 422, code)


@pytest.mark.parametrize("query", ["q=%FF%FE", "q=*", "q=a%20AND%20(", "q=" * 50])
def test_odd_queries_are_answered(catalog: Person, query: str) -> None:
    ask(catalog, query)


def test_a_nul_is_rejected_as_everywhere(catalog: Person) -> None:
    assert_problem(catalog.get(f"{BASE}?q=%00"), 400, "parse_error")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_damaged_index_is_a_503_that_says_what_to_do(catalog: Person) -> None:
    import gc

    from django.conf import settings

    for path in (settings.SEARCH_DIR / "current").resolve().iterdir():
        path.write_bytes(b"x" * 100)
    from search.engines.whoosh import WhooshEngine

    engine: Any = search_engine()
    assert isinstance(engine, WhooshEngine)
    engine._mine.searcher = None
    assert_problem(catalog.get(f"{BASE}?q=clock"), 503, "search_unavailable")
    gc.collect()
