"""Machines for tests: on SQLite, or on PostgreSQL with Celery where the run has those."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.language.machine import Machine, free_port
from tests.language.services import RedisServer, claim_redis, throwaway_postgres


class Fleet:
    """Tables and cast are made once; each machine begins with a copy of them."""

    def __init__(self, folder: Path) -> None:
        self.server = os.environ.get("DATABASE_URL", "")
        self.stack = ExitStack()
        self.template = folder / "template"
        self.template.mkdir(parents=True)
        database = self._database("template")
        self.prepared = Machine(self.template, database=database)
        tokens = self.prepared.prepare()
        (self.prepared.data / "tokens.json").write_text(json.dumps(tokens))

    @contextmanager
    def machine(self, folder: Path, **settings: str) -> Iterator[Machine]:
        """A machine that nothing runs on yet; all of it ends and goes with the block."""
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
            shutil.copytree(self.prepared.data, made.data, symlinks=True, ignore=_sockets)
            made.cast(json.loads((made.data / "tokens.json").read_text()))
            stack.callback(made.stop)
            yield made

    def close(self) -> None:
        """Drop what was prepared."""
        self.stack.close()

    def _database(self, label: str) -> str:
        if not self.server:
            return ""
        return self.stack.enter_context(throwaway_postgres(self.server, label))

    def _copy(self, stack: ExitStack) -> str:
        if not self.server:
            return ""
        copy = throwaway_postgres(self.server, "machine", like=self.prepared.database)
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
