"""The judged set of bench/: what people type leads to the official tool that does it."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import pytest

from bench import search_quality
from bench.judged import JUDGED
from search.engines.base import SearchEngine
from search.engines.memory import MemoryEngine
from search.engines.whoosh import WhooshEngine

ENOUGH = 0.9


@pytest.mark.parametrize("name", ["whoosh", "memory"])
def test_the_ranking_is_as_good_as_it_was(name: str, tmp_path: Path) -> None:
    engine: SearchEngine = WhooshEngine(tmp_path) if name == "whoosh" else MemoryEngine()
    engine.rebuild([*search_quality.official(), *search_quality.made(200)])
    marks = {
        text: search_quality.ndcg(search_quality.ids(engine, text), relevant)
        for judged in JUDGED.values()
        for text, relevant in judged.items()
    }
    worst = sorted(marks, key=marks.__getitem__)[:5]
    assert mean(marks.values()) >= ENOUGH, worst


def test_the_measure_knows_a_good_order_from_a_bad_one() -> None:
    relevant = {"best": 3, "good": 1}
    assert search_quality.ndcg(["lumos/best", "lumos/good"], relevant) == 1
    assert 0 < search_quality.ndcg(["lumos/good", "lumos/best"], relevant) < 1
    assert search_quality.ndcg(["made/other"], relevant) == 0
    assert search_quality.ndcg(["lumos/best"], {}) == 0
