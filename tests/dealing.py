"""In which order the processes of a run take its tests: what is slow first, and each file whole.

pytest-xdist (``--dist worksteal``) gives each process one stretch of the list, and who is done
takes from the end of another's stretch. What begins last must therefore be quick, and no files
whose tests share processes of their own may lie where they are torn apart: a file marked ``slow``,
or all files marked ``slow("name")`` together.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby, islice
from pathlib import Path

import pytest


def hands() -> int:
    """How many processes this run has."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def deal(items: Sequence[pytest.Item], count: int) -> list[pytest.Item]:
    """The same tests: each of the ``count`` stretches begins with its share of the slow files."""
    slow = _blocks(items)
    starts: list[list[pytest.Item]] = [[] for _ in range(count)]
    whole = sorted(
        (item for item in items if item.path in slow), key=lambda item: (slow[item.path], item.path)
    )
    for number, (_, block) in enumerate(groupby(whole, key=lambda item: slow[item.path])):
        starts[number % count].extend(block)
    quick = (item for item in items if item.path not in slow)
    dealt: list[pytest.Item] = []
    for number, start in enumerate(starts):
        stretch = (len(items) - len(dealt)) // (count - number)
        dealt += [*start, *islice(quick, max(stretch - len(start), 0))]
    return [*dealt, *quick]


def _blocks(items: Sequence[pytest.Item]) -> dict[Path, str]:
    """Of each slow file, the name of the block that it belongs to."""
    blocks: dict[Path, str] = {}
    for item in items:
        if mark := item.get_closest_marker("slow"):
            blocks[item.path] = str(mark.args[0]) if mark.args else str(item.path)
    return blocks
