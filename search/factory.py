"""The search engine chosen in the settings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from search.engines.base import SearchEngine
from search.engines.whoosh import WhooshEngine


def search_engine() -> SearchEngine:
    """The engine over ``SEARCH_DIR``; one object per process and folder."""
    return _engine(Path(settings.SEARCH_DIR))


@cache
def _engine(folder: Path) -> SearchEngine:
    return WhooshEngine(folder)
