"""A marketplace of real processes, with a folder, a database and perhaps a broker of its own."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.support.cast import email_of
from tests.support.services import RedisServer
from tests.support.transports import HttpTransport
from tests.support.users import Person
from tests.support.waiting import SLOWDOWN, wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Machine:
    """Processes by name; each writes its log beside DATA_DIR.

    ``database`` is a PostgreSQL URL or empty (SQLite in the folder), ``redis`` likewise; other
    keywords are settings for the environment of every process.
    """

    def __init__(self, folder: Path, *, database: str = "", redis: str = "", **settings: str):
        self.folder = folder
        self.data = folder / "data"
        self.database = database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.front = self.url  # where people come in; a proxy, where there is one
        self.broker: RedisServer | None = None
        self.people: dict[str, Person] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env = {
            **_plain_environment(),
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "SITE_URL": self.url,
            "REQUIRE_OFFICIAL_TOOLS": "0",
            "STATIC_FROM_SOURCE": "1",
            # One Python is enough where the Pythons are not the subject.
            "SANDBOX_PYTHONS": sys.executable,
            "JOB_LEASE_SECONDS": "4",
            **({"DATABASE_URL": database} if database else {}),
            **({"REDIS_URL": redis} if redis else {}),
            **settings,
        }

    def prepare(self) -> dict[str, str]:
        """Tables, index and cast; returns the tokens."""
        self.data.mkdir(parents=True, exist_ok=True)
        return json.loads(self.run(sys.executable, "-m", "tests.support.cast"))  # type: ignore[no-any-return]

    def run(self, *command: str, **env: str) -> str:
        """A command in the machine's environment, to its end; its output."""
        done = subprocess.run(
            command, check=False, env={**self.env, **env}, cwd=REPOSITORY,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def manage(self, *args: str) -> str:
        """``manage.py …``; its output."""
        return self.run(sys.executable, "manage.py", *args)

    def start(self, name: str, command: Sequence[str] = (), **env: str) -> None:
        """Start ``web``, ``worker``, ``celery`` or ``beat``, or any command under a name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command or self._command(name), env={**self.env, **env}, cwd=REPOSITORY,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=_die_with_parent,  # noqa: PLW1509 - no threads here
            )  # fmt: skip
        if name == "web":
            self.await_web()

    def await_web(self) -> None:
        """Until our own server, and no stranger's, answers on the port."""
        transport = HttpTransport(self.url, timeout=5)

        def answers() -> bool:
            assert self.processes["web"].poll() is None, self.log("web")
            try:
                answer = transport.send("GET", "/healthz")
            except OSError:
                return False
            assert answer.status == 200, f"{answer}\n{self.log('web')}"
            return self._listens()

        wait_for("the web process answers", answers, 60)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to the process, SIGKILL unless said otherwise, and see it end.

        What it leaves in its group is killed too, as an operating system's service manager does.
        """
        process = self.processes.pop(name)
        process.send_signal(number)
        process.wait(20 * SLOWDOWN)
        _kill_group(process.pid)

    def stop(self) -> None:
        """End everything."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _kill_group(process.pid)
        self.processes.clear()

    def log(self, name: str) -> str:
        """What a process wrote, its last part."""
        path = self.folder / f"{name}.log"
        return (
            f"--- {name} ---\n{path.read_text(errors='replace')[-4000:]}" if path.exists() else ""
        )

    def logs(self) -> str:
        """What all of them wrote."""
        return "\n".join(self.log(path.stem) for path in sorted(self.folder.glob("*.log")))

    def cast(self, tokens: Mapping[str, str]) -> None:
        """Sign in the users with these tokens on this machine."""
        transport = HttpTransport(self.url)
        self.people = {
            name: Person(name, email_of(name), transport, token) for name, token in tokens.items()
        }

    @property
    def alice(self) -> Person:
        """Who publishes."""
        return self.people["alice"]

    def start_missing(self) -> None:
        """The web process and the workers, those that do not run."""
        for name in ("web", *self.workers):
            if name not in self.processes or self.processes[name].poll() is not None:
                self.start(name)

    def start_workers(self, *, recorded: bool = False) -> None:
        """Whatever does the work here: Celery and its clock, or the one worker process.

        With ``recorded``, scanners and sandbox meet each package once in a run
        (tests/support/recorded_checks.py): for tests that are not about them.
        """
        recording = [sys.executable, "-m", "tests.support.recording_worker"]
        for name in self.workers:
            program = [part for part in self._command(name) if part != sys.executable]
            self.start(name, [*recording, *program] if recorded and name != "beat" else ())

    @property
    def workers(self) -> tuple[str, ...]:
        """The names of the processes that work; the first is the one that does jobs."""
        return ("celery", "beat") if "REDIS_URL" in self.env else ("worker",)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The truth: a query against the database, ``%s`` for values."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                return connection.execute(query, values).fetchall()  # type: ignore[arg-type]
        with closing(sqlite3.connect(self.data / "db.sqlite3", timeout=30)) as file:
            return file.execute(query.replace("%s", "?"), values).fetchall()

    def change(self, statement: str) -> None:
        """A statement against the database, committed."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                connection.execute(statement)  # type: ignore[arg-type]
            return
        with closing(sqlite3.connect(self.data / "db.sqlite3", timeout=30)) as file:
            file.execute(statement)
            file.commit()

    def settled(
        self, person: Person, begun: Mapping[str, Any], seconds: float = 60
    ) -> dict[str, Any]:
        """The publication once it has its verdict."""

        def ask() -> dict[str, Any] | None:
            try:
                found = person.publication(begun)
            except OSError:
                return None
            return found if found["settled"] else None

        try:
            return wait_for("the publication is settled", ask, seconds)  # type: ignore[return-value]
        except AssertionError as error:
            raise AssertionError(f"{error}\n{person.publication(begun)}\n{self.logs()}") from None

    def _command(self, name: str) -> list[str]:
        celery = [str(BIN / "celery"), "-A", "config"]
        commands = {
            "web": [
                str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1",
                "--port", str(self.port), "--workers", "1", "--blocking-threads", "64",
                "--log-level", "warning", "config.wsgi:application",
            ],
            "worker": [sys.executable, "manage.py", "run_worker"],
            "celery": [
                *celery, "worker", "-Q", "sweep,publish,scan,sandbox,index,mail",
                "--concurrency", "2", "--loglevel", "WARNING", "--without-mingle",
                "--without-gossip",
            ],
            "beat": [
                *celery, "beat", "--loglevel", "WARNING",
                "--schedule", str(self.folder / "beat-schedule"),
            ],
        }  # fmt: skip
        return commands[name]

    def _listens(self) -> bool:
        leader = psutil.Process(self.processes["web"].pid)
        return any(
            connection.laddr.port == self.port
            for process in (leader, *leader.children(recursive=True))
            for connection in process.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        )


def _plain_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_INDEX_URL")
    given = {name: os.environ[name] for name in kept if name in os.environ}
    return {**given, "PYTHONPATH": str(REPOSITORY), "DJANGO_SETTINGS_MODULE": "config.settings"}


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
