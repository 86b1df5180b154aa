"""The Redis cache, which falls back to memory while Redis is unavailable or full."""

from __future__ import annotations

import logging
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

#: Short timeouts, so that pages do not wait for Redis. A closed connection is reopened once; a
#: timeout is not retried.
CONNECTION: dict[str, Any] = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
}


class RedisCacheWithFallback(RedisCache):
    """Django's Redis cache, with a cache in this process while Redis is unavailable.

    Rate limits and pages keep working then, but each process counts on its own.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {**CONNECTION, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._local = LocMemCache("redis-fallback", params)
        self._breaker = Breaker()

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a cache method on Redis, or on the local cache if Redis fails."""
        if self._breaker.may_try():
            try:
                result = getattr(super(), name)(*args, **kwargs)
            except RedisError as error:
                self._breaker.failed()
                logger.warning("Redis is unavailable; caching in this process: %s", error)
            else:
                self._breaker.succeeded()
                return result
        return getattr(self._local, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._call("delete_many", *args, **kwargs)

    def clear(self) -> Any:
        return self._call("clear")


def redis_problem(url: str = "") -> str:
    """Write a test value to Redis; the error message, or "" if it works."""
    try:
        with Redis.from_url(url or settings.REDIS_URL, **CONNECTION) as client:
            client.set("lumos:probe", 1, ex=10)
    except (RedisError, OSError) as error:
        return str(error) or type(error).__name__
    return ""
