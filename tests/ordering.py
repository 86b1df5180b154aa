"""Orders the tests of a run for its processes: slow files first, and each of them whole.

pytest-xdist (``--dist worksteal``) gives each process one stretch of the list; a process that is
done takes tests from the end of another's stretch. The end of a stretch must therefore be quick,
and its beginning holds what must stay together: a file marked ``slow``, or all files marked
``slow("name")``, whose tests share one marketplace.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby, islice
from pathlib import Path

import pytest


def process_count() -> int:
    """How many processes this run has."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def order(items: Sequence[pytest.Item], count: int) -> list[pytest.Item]:
    """The same tests: each of the ``count`` stretches begins with its share of the slow files."""
    slow = _blocks(items)
    starts: list[list[pytest.Item]] = [[] for _ in range(count)]
    whole = sorted(
        (item for item in items if item.path in slow), key=lambda item: (slow[item.path], item.path)
    )
    for number, (_, block) in enumerate(groupby(whole, key=lambda item: slow[item.path])):
        starts[number % count].extend(block)
    quick = (item for item in items if item.path not in slow)
    ordered: list[pytest.Item] = []
    for number, start in enumerate(starts):
        stretch = (len(items) - len(ordered)) // (count - number)
        ordered += [*start, *islice(quick, max(stretch - len(start), 0))]
    return [*ordered, *quick]


def _blocks(items: Sequence[pytest.Item]) -> dict[Path, str]:
    """Of each slow file, the name of the block that it belongs to."""
    blocks: dict[Path, str] = {}
    for item in items:
        if mark := item.get_closest_marker("slow"):
            blocks[item.path] = str(mark.args[0]) if mark.args else str(item.path)
    return blocks
