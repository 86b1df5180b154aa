"""The cache in Redis goes on in this process while Redis is away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.cache import LastingRedisCache
from tests.language.machine import free_port
from tests.language.patience import without_hanging


@pytest.fixture
def cache() -> Iterator[LastingRedisCache]:
    """A cache whose Redis nobody has started."""
    made = LastingRedisCache(f"redis://127.0.0.1:{free_port()}/0", {})
    yield made
    made.clear()


def test_it_remembers_forgets_and_counts(cache: LastingRedisCache) -> None:
    cache.set("name", {"a": 1}, 60)
    assert cache.get("name") == {"a": 1}
    assert cache.add("name", 2) is False
    assert "name" in cache
    assert cache.get_many(["name", "other"]) == {"name": {"a": 1}}
    cache.set("count", 1)
    assert cache.incr("count") == 2
    assert cache.get_or_set("new", lambda: "made") == "made"
    cache.delete("name")
    assert cache.get("name", "gone") == "gone"


def test_nobody_waits_for_it(cache: LastingRedisCache) -> None:
    with without_hanging(3):
        for number in range(20):
            cache.set(f"key-{number}", number)
