"""A marketplace with as many made-up tools as a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.fill import fill, index
from catalog.models import Tool
from tests.site.conftest import browse, hello, visit

__all__ = ["browse", "hello", "visit"]


@pytest.fixture
def tools(db: None, own_folders: Path) -> Callable[[int], None]:
    """``tools(30)`` makes tools until there are thirty, with their places in search and tree."""

    def grow(count: int) -> None:
        missing = count - Tool.objects.count()
        fill(missing, seed=count)
        index()

    return grow
