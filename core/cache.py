"""A cache in Redis that outlives it: while Redis is away or full, each process keeps its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from core.breaker import Breaker

logger = logging.getLogger("lumos.cache")

#: Redis answers at once or not at all: a page does not wait for it. A connection that Redis closed
#: is opened again once; a Redis that hangs is not asked twice.
CONNECTION: dict[str, Any] = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
}


class LastingRedisCache(RedisCache):
    """Django's Redis cache with one in memory behind it, so that limits hold and pages answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {**CONNECTION, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._own = LocMemCache("while-redis-is-away", params)
        self._breaker = Breaker()


def redis_answer(url: str = "") -> str:
    """What is wrong with Redis in a few words, or nothing where it answers and takes a value."""
    try:
        with Redis.from_url(url or settings.REDIS_URL, **CONNECTION) as client:
            client.set("lumos:probe", 1, ex=10)
    except (RedisError, OSError) as error:
        return str(error) or type(error).__name__
    return ""


def _lasting(name: str) -> Callable[..., Any]:
    in_redis = getattr(RedisCache, name)

    def call(self: LastingRedisCache, *args: Any, **kwargs: Any) -> Any:
        if self._breaker.may_try():
            try:
                answer = in_redis(self, *args, **kwargs)
            except RedisError as error:
                self._breaker.failed()
                logger.warning("Redis cannot be used, caching in this process: %s", error)
            else:
                self._breaker.succeeded()
                return answer
        return getattr(self._own, name)(*args, **kwargs)

    call.__name__ = name
    return call


for _name in (
    "add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many",
    "delete_many", "clear",
):  # fmt: skip
    setattr(LastingRedisCache, _name, _lasting(_name))
