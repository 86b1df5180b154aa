"""A cache in Redis that outlives it: while Redis is away or full, each process keeps its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger("lumos.cache")


class LastingRedisCache(RedisCache):
    """Django's Redis cache with one in memory behind it, so that limits hold and pages answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # Redis answers at once or not at all: a page does not wait for it.
        options = {
            "socket_connect_timeout": 1,
            "socket_timeout": 2,
            "retry": Retry(NoBackoff(), 1),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})
        self._own = LocMemCache("while-redis-is-away", params)


def _lasting(name: str) -> Callable[..., Any]:
    in_redis = getattr(RedisCache, name)

    def call(self: LastingRedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return in_redis(self, *args, **kwargs)
        except RedisError as error:
            logger.warning("Redis cannot be used, caching in this process: %s", error)
            return getattr(self._own, name)(*args, **kwargs)

    call.__name__ = name
    return call


for _name in (
    "add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many",
    "delete_many", "clear",
):  # fmt: skip
    setattr(LastingRedisCache, _name, _lasting(_name))
