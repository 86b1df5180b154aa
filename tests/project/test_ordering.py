"""The order of a run: nothing is lost, and what is slow begins first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.ordering import order


@dataclass(frozen=True)
class Item:
    """As much of a test as its order depends on."""

    path: Path
    number: int
    slow: bool
    block: str = ""

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        mark = pytest.mark.slow(self.block) if self.block else pytest.mark.slow
        return mark.mark if self.slow else None


@given(
    quick=some.integers(0, 80),
    slow=some.lists(some.integers(1, 5), max_size=7),
    count=some.integers(1, 6),
)
def test_every_test_is_ordered_once(quick: int, slow: list[int], count: int) -> None:
    items = a_run(quick, slow)
    assert sorted(map(id, order(items, count))) == sorted(map(id, items))  # type: ignore[arg-type]


def test_each_process_begins_with_what_is_slow_and_no_slow_file_is_torn() -> None:
    ordered = order(a_run(20, [3, 2, 1, 1]), 3)  # type: ignore[arg-type]
    stretches = [ordered[:9], ordered[9:18], ordered[18:]]
    starts = [[item.path.name for item in stretch if item.slow] for stretch in stretches]  # type: ignore[attr-defined]
    assert starts == [["slow0", "slow0", "slow0", "slow3"], ["slow1", "slow1"], ["slow2"]]
    for stretch, start in zip(stretches, starts, strict=True):
        assert all(item.slow for item in stretch[: len(start)])  # type: ignore[attr-defined]


def test_files_that_share_a_marketplace_are_run_by_one_process() -> None:
    shared = [Item(Path(f"shared{n}"), n, slow=True, block="site") for n in (0, 1, 2)]
    alone = [Item(Path(f"slow{n}"), n, slow=True) for n in (0, 1)]
    ordered = order([shared[0], alone[0], shared[1], alone[1], shared[2]], 2)  # type: ignore[list-item]
    place = ordered.index(shared[0])  # type: ignore[arg-type]
    assert ordered[place : place + 3] == shared


def a_run(quick: int, slow: list[int]) -> list[Item]:
    """So many quick tests in files of five, and slow files of so many tests each."""
    return [
        *(Item(Path(f"quick{n // 5}"), n, slow=False) for n in range(quick)),
        *(Item(Path(f"slow{n}"), m, slow=True) for n, size in enumerate(slow) for m in range(size)),
    ]
