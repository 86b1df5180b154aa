"""While Redis is down, the cache falls back to the memory of this process."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cache import RedisCacheWithFallback, redis_problem
from tests.support.machine import free_port
from tests.support.services import RedisServer
from tests.support.waiting import without_hanging


@pytest.fixture
def cache() -> Iterator[RedisCacheWithFallback]:
    """A cache whose Redis is not running."""
    made = RedisCacheWithFallback(f"redis://127.0.0.1:{free_port()}/0", {})
    yield made
    made.clear()


def test_it_remembers_forgets_and_counts(cache: RedisCacheWithFallback) -> None:
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


def test_a_request_does_not_wait_for_a_redis_that_is_down(cache: RedisCacheWithFallback) -> None:
    with without_hanging(3):
        for number in range(20):
            cache.set(f"key-{number}", number)


@pytest.mark.skipif(not shutil.which("redis-server"), reason="needs the program redis-server")
def test_a_redis_that_hangs_costs_one_wait_and_is_used_again_once_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = RedisServer(tmp_path, free_port())
    server.start()
    made = RedisCacheWithFallback(server.url, {})
    try:
        made.set("name", 1)
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        for number in range(50):
            made.set(f"key-{number}", number)
            assert made.get(f"key-{number}") == number
        assert time.monotonic() - started < 4, "100 calls, of which one waits"
        server.process.send_signal(signal.SIGCONT)
        monkeypatch.setattr(made._breaker, "_next_try", 0.0)
        assert made.get("name") == 1
        assert made._breaker.may_try()
    finally:
        made.clear()
        server.kill()


@pytest.mark.skipif(not shutil.which("redis-server"), reason="needs the program redis-server")
def test_a_full_redis_is_said_and_a_working_one_is_not(tmp_path: Path) -> None:
    server = RedisServer(tmp_path, free_port())
    assert redis_problem(server.url)
    server.start()
    try:
        assert redis_problem(server.url) == ""
        server.fill()
        assert "maxmemory" in redis_problem(server.url)
    finally:
        server.kill()
