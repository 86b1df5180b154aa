"""PostgreSQL and Redis for a test run: databases of its own, dropped afterward."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

PREFIX = "lumos_test_"
LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
LOCAL_REDIS = "redis://127.0.0.1:6379/0"


def postgres_url() -> str | None:
    """The server that DATABASE_URL names, or that answers at the usual port; None without one."""
    given = os.environ.get("DATABASE_URL", "")
    candidates = [given] if given.startswith("postgres") else [LOCAL_POSTGRES]
    return next((url for url in candidates if _postgres_answers(url)), None)


def redis_url() -> str | None:
    """The server that REDIS_URL names, or that answers at the usual port; None without one."""
    url = os.environ.get("REDIS_URL") or LOCAL_REDIS
    return url if _redis_answers(url) else None


def claim_redis(url: str) -> tuple[str, Callable[[], None]]:
    """An empty database of that server, marked as ours, and the function that gives it back.

    Raises LookupError where all of its databases hold something.
    """
    parts = urlsplit(url)
    for number in range(15, 0, -1):
        mine = urlunsplit(parts._replace(path=f"/{number}"))
        with redis.Redis.from_url(mine) as client:
            if client.dbsize() == 0 and client.set("lumos-test", os.getpid(), nx=True, ex=7200):
                return mine, partial(_flush, mine)
    raise LookupError(f"No empty database among 1 to 15 of {url}. Give a Redis for tests alone.")


class RedisServer:
    """A Redis of our own, which a test may kill and empty; it keeps nothing on the disk."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty."""
        self.process = subprocess.Popen(
            [
                "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--dir", str(self.folder),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not _redis_answers(self.url):
            assert self.process.poll() is None, "redis-server ended at once"
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: what it held is lost."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def empty(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def fill(self) -> None:
        """From now on every write is refused for want of memory."""
        with redis.Redis.from_url(self.url) as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", 1)

    def relieve(self) -> None:
        """There is memory again."""
        with redis.Redis.from_url(self.url) as client:
            client.config_set("maxmemory", 0)


@contextmanager
def throwaway_postgres(server: str, label: str, *, like: str = "") -> Iterator[str]:
    """The URL of a new database (see create_postgres); dropped at the end of the block."""
    url = create_postgres(server, label, like=like)
    try:
        yield url
    finally:
        drop_postgres(server, urlsplit(url).path.strip("/"))


def create_postgres(server: str, label: str, *, like: str = "") -> str:
    """The URL of a new database on that server, which ``drop_run`` drops at the latest.

    It is empty, or a copy of the database whose URL is ``like``.
    """
    run = os.environ.get("LUMOS_TEST_RUN", "alone")
    name = f"{PREFIX}{run}_{label}_{secrets.token_hex(4)}"
    template = urlsplit(like).path.strip("/") if like else "template0"
    with psycopg.connect(_admin(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def drop_postgres(server: str, name: str) -> None:
    """Drop a test database, also while somebody is connected."""
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} is not a test database")
    with psycopg.connect(_admin(server), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_run(server: str, run: str) -> None:
    """Drop every test database of one run, for instance of one that was killed."""
    with psycopg.connect(_admin(server), autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database").fetchall()
    for (name,) in found:
        if name.startswith(f"{PREFIX}{run}"):
            drop_postgres(server, name)


def _admin(server: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path="/postgres"))


def _postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(_admin(url), connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _flush(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushdb()
