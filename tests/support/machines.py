"""Makes machines for tests: on SQLite, or on PostgreSQL with Celery where the run has those."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.support.machine import Machine, free_port
from tests.support.services import RedisServer, claim_redis, create_postgres, throwaway_postgres


class Machines:
    """Makes machines that begin with a copy of one prepared database and cast.

    The copy's original is made once in a run, by the process that needs it first; ``folder`` is
    shared by the processes of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.server = os.environ.get("DATABASE_URL", "")
        self.template = folder / "template"
        self.template.mkdir(parents=True, exist_ok=True)
        ready = self.template / "ready.json"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not ready.exists():
                ready.write_text(json.dumps(self._prepare()))
        prepared = json.loads(ready.read_text())
        self.database: str = prepared["database"]
        self.tokens: dict[str, str] = prepared["tokens"]
        self.data = self.template / "data"

    def _prepare(self) -> dict[str, Any]:
        # The run drops its databases as it ends (tests/environment.py).
        database = create_postgres(self.server, "template") if self.server else ""
        tokens = Machine(self.template, database=database).prepare()
        return {"database": database, "tokens": tokens}

    @contextmanager
    def machine(self, folder: Path, **settings: str) -> Iterator[Machine]:
        """A machine on which nothing runs yet; the block's end stops and removes all of it."""
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            broker = stack.enter_context(redis_for(folder)) if self.server else None
            made = Machine(
                folder,
                database=self._copy(stack),
                redis=broker.url if isinstance(broker, RedisServer) else broker or "",
                **settings,
            )
            made.broker = broker if isinstance(broker, RedisServer) else None
            shutil.copytree(self.data, made.data, symlinks=True, ignore=_sockets)
            made.cast(self.tokens)
            stack.callback(made.stop)
            yield made

    def _copy(self, stack: ExitStack) -> str:
        if not self.server:
            return ""
        copy = throwaway_postgres(self.server, "machine", like=self.database)
        return stack.enter_context(copy)


@contextmanager
def redis_for(folder: Path) -> Iterator[RedisServer | str]:
    """A Redis of the machine's own where the program is here, else a database of the run's."""
    if not shutil.which("redis-server"):
        url, release = claim_redis(os.environ["REDIS_URL"])
        try:
            yield url
        finally:
            release()
        return
    server = RedisServer(folder, free_port())
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith((".sock", ".lock"))]
