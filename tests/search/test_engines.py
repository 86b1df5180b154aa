"""The contract of every engine: the same tests on Whoosh and on the engine in memory."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines import question
from search.engines.base import Query, SearchEngine
from search.engines.memory import MemoryEngine
from search.engines.whoosh import WhooshEngine
from tests.search.samples import document, tools

CATALOG = [
    document("lumos/csv-parser", category="data", summary="Read tables of text.", downloads=5),
    document(
        "acme/json-to-csv", category="data", downloads=90_000,
        summary="csv csv csv, from JSON to CSV", keywords=("csv", "json"),
    ),
    document("lumos/http-request", category="web", functions="http_request Fetch a page by URL."),
    document("lumos/csv-writer", category="file", readme="Writes what csv-parser reads."),
    document("zhang/shuju", category="data", title="数据处理工具", summary="快速处理表格数据"),
]  # fmt: skip


@pytest.fixture(params=["whoosh", "memory"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> SearchEngine:
    """An engine with the tools of the catalog."""
    made: SearchEngine = (
        WhooshEngine(tmp_path / "search") if request.param == "whoosh" else MemoryEngine()
    )
    made.index(CATALOG)
    return made


def found(engine: SearchEngine, text: str, **asked: object) -> list[str]:
    return tools(engine.search(Query(text, **asked)))  # type: ignore[arg-type]


def test_an_engine_where_nothing_was_indexed_finds_nothing(tmp_path: Path) -> None:
    for empty in (WhooshEngine(tmp_path / "new"), MemoryEngine()):
        assert (empty.count(), empty.ids()) == (0, frozenset())
        assert empty.search(Query("csv")).total == 0


@pytest.mark.parametrize("typed", ["csv-parser", "CSV parser", "csv_parser", "lumos/csv-parser"])
def test_the_tool_whose_name_was_typed_comes_first(engine: SearchEngine, typed: str) -> None:
    assert found(engine, typed)[0] == "lumos/csv-parser"


def test_a_name_that_begins_with_the_word_comes_before_one_that_has_it_often(
    engine: SearchEngine,
) -> None:
    assert set(found(engine, "csv")[:2]) == {"lumos/csv-parser", "lumos/csv-writer"}
    assert "acme/json-to-csv" in found(engine, "csv")


def test_a_word_half_typed_finds_the_name(engine: SearchEngine) -> None:
    assert found(engine, "pars")[0] == "lumos/csv-parser"
    assert found(engine, "htt") == ["lumos/http-request"]


def test_all_words_must_be_there_and_only_where_none_has_them_all_any_will_do(
    engine: SearchEngine,
) -> None:
    assert found(engine, "json csv") == ["acme/json-to-csv"]
    assert set(found(engine, "fetch tables")) == {"lumos/http-request", "lumos/csv-parser"}


def test_words_are_found_in_functions_and_readme_and_in_other_forms(engine: SearchEngine) -> None:
    assert found(engine, "fetching pages") == ["lumos/http-request"]
    assert "lumos/csv-writer" in found(engine, "reads")


@pytest.mark.parametrize("typed", ["数据", "处理", "工具", "表格数据", "快", "数据处理工具"])
def test_chinese_is_found_by_characters_and_pairs(engine: SearchEngine, typed: str) -> None:
    assert found(engine, typed) == ["zhang/shuju"]


def test_chinese_characters_that_never_stand_together_find_nothing(engine: SearchEngine) -> None:
    assert found(engine, "据工") == []


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("csv prser", "lumos/csv-parser"), ("htpp request", "lumos/http-request"),
        ("reqest", "lumos/http-request"), ("paresr", "lumos/csv-parser"),
        ("csvparser", "lumos/csv-parser"), ("http requests", "lumos/http-request"),
        ("csvParser", "lumos/csv-parser"), ("csv parsing", "lumos/csv-parser"),
        ("parse csv", "lumos/csv-parser"), ("httprequest", "lumos/http-request"),
    ],
)  # fmt: skip
def test_slips_and_other_forms_lead_to_what_was_meant(
    engine: SearchEngine, typed: str, first: str
) -> None:
    assert found(engine, typed)[0] == first


def test_a_word_that_somebody_has_is_never_corrected(engine: SearchEngine) -> None:
    engine.index([document("acme/exel", summary="Exel is a name.")])
    engine.index([document("acme/excel", summary="Excel sheets.", downloads=10**6)])
    assert found(engine, "exel") == ["acme/exel"]


def test_words_that_every_text_has_are_not_taken_for_slips(engine: SearchEngine) -> None:
    engine.index([document("acme/form-width", summary="Measures a form.")])
    assert found(engine, "from with") == []


def test_two_words_find_what_is_written_as_one(engine: SearchEngine) -> None:
    engine.index([document("acme/datetime"), document("acme/date-picker")])
    assert found(engine, "date time")[0] == "acme/datetime"


def test_category_and_permissions_are_found_by_their_words(engine: SearchEngine) -> None:
    engine.index([document("acme/probe", category="crypto", permissions=("network:*",))])
    assert found(engine, "crypto") == found(engine, "network") == ["acme/probe"]


def test_of_a_long_question_what_matters_least_may_be_missing(engine: SearchEngine) -> None:
    assert found(engine, "i need a tool that can read tables of zebras")[0] == "lumos/csv-parser"
    assert found(engine, "fetch one page by url now, csv")[0] == "lumos/http-request"


def test_a_question_of_common_words_reads_a_bounded_part_of_the_index(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "MOST_POSTINGS", 2)
    engine.index(document(f"acme/common-{number}", summary="common words") for number in range(9))
    assert found(engine, "common words tables") == ["lumos/csv-parser"], "the rarest is sought"
    assert len(found(engine, "common words")) == 9, "and one always is"


def test_nothing_typed_finds_everything(engine: SearchEngine) -> None:
    hits = engine.search(Query(" ", sort="downloads"))
    assert (hits.total, tools(hits)[0]) == (5, "acme/json-to-csv")


def test_a_category_narrows_and_the_counts_still_tell_of_the_others(engine: SearchEngine) -> None:
    hits = engine.search(Query("csv", category="file"))
    assert (hits.total, tools(hits)) == (1, ["lumos/csv-writer"])
    assert hits.categories == {"data": 2, "file": 1}


def test_pages_follow_each_other_without_gap_or_repeat(engine: SearchEngine) -> None:
    engine.index(document(f"acme/batch-{number}", updated=number) for number in range(25))
    pages = [found(engine, "batch", offset=start, limit=10) for start in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert len({tool for page in pages for tool in page}) == 25
    assert engine.search(Query("batch", offset=20, limit=10)).total == 25


def test_sorting_is_by_the_number_asked_for(engine: SearchEngine) -> None:
    engine.rebuild(
        [
            document("acme/one", downloads=1, rating=5000, created=3, updated=10**10),
            document("acme/two", downloads=2**40, rating=1, created=1, updated=2),
            document("acme/three", downloads=3, rating=4999, created=2, updated=3),
        ]
    )
    assert found(engine, "", sort="downloads") == ["acme/two", "acme/three", "acme/one"]
    assert found(engine, "", sort="rating") == ["acme/one", "acme/three", "acme/two"]
    assert found(engine, "", sort="created") == ["acme/one", "acme/three", "acme/two"]
    assert found(engine, "", sort="updated") == ["acme/one", "acme/three", "acme/two"]


def test_of_equal_texts_the_one_more_people_use_comes_first(engine: SearchEngine) -> None:
    engine.rebuild(
        [
            document("acme/clock", summary="tells time", downloads=10),
            document("beta/clock", summary="tells time", downloads=10_000),
        ]
    )
    assert found(engine, "time") == ["beta/clock", "acme/clock"]


def test_indexing_again_replaces(engine: SearchEngine) -> None:
    engine.index([document("lumos/csv-parser", summary="Something else", card='{"tool": "new"}')])
    assert engine.count() == 5
    assert found(engine, "csv-parser")[0] == "new"
    assert found(engine, "tables") == []


def test_what_was_removed_is_not_found_and_removing_it_again_is_no_error(
    engine: SearchEngine,
) -> None:
    for _ in range(2):
        engine.remove(["lumos/csv-parser", "nobody/nothing"])
    assert engine.count() == 4
    assert "lumos/csv-parser" not in found(engine, "csv") + found(engine, "")
    assert "lumos/csv-parser" not in engine.ids()


def test_a_rebuild_holds_exactly_what_it_was_given(engine: SearchEngine) -> None:
    engine.rebuild(iter([document("acme/only")]))
    assert engine.ids() == {"acme/only"}
    assert found(engine, "csv") == []


@pytest.mark.parametrize(
    "typed",
    ["*", "a*", "?", "csv OR", "AND", "title:csv", '"csv', "(csv", "csv^1000", "[a TO z]", "~",
     "\x00", "\\", "/", "--", "e" * 400, "数" * 400, "the", "😀", "'; DROP TABLE",
     "csv\u202eparser", " ".join(f"w{number}" for number in range(100))],
)  # fmt: skip
def test_whatever_is_typed_is_only_words(engine: SearchEngine, typed: str) -> None:
    hits = engine.search(Query(typed))
    assert hits.total <= 5


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_breaks_a_search(engine: SearchEngine, typed: str) -> None:
    hits = engine.search(Query(typed))
    assert hits.total == sum(hits.categories.values())


def test_threads_write_and_read_at_once_and_nothing_is_lost(engine: SearchEngine) -> None:
    errors: list[BaseException] = []

    def work(start: int) -> None:
        try:
            for number in range(start, start + 6):
                engine.index([document(f"acme/item-{number}")])
                assert engine.search(Query(f"item-{number}")).total >= 1
        except BaseException as error:  # told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert engine.count() == 5 + 24
