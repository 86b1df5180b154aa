"""While the database is down, pages and API answer 503 with Retry-After; then they recover."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.answers import assert_problem
from tests.support.machine import Machine
from tests.support.machines import Machines
from tests.support.waiting import wait_for, without_hanging

pytestmark = pytest.mark.slow
NEED_IT = ("/", "/tools/demo/hello/")
MAY_NEED_IT = ("/search?q=x", "/accounts/login/", "/accounts/signup/", "/account/", "/docs/")
API = ("/api/v1/tools", "/api/v1/tools/demo/hello", "/api/v1/whoami")


def _take_away(machine: Machine) -> None:
    if machine.database:
        _let_in(machine, False)
        return
    database = machine.data / "db.sqlite3"
    database.rename(machine.data / "aside")
    database.mkdir()


def _give_back(machine: Machine) -> None:
    if machine.database:
        _let_in(machine, True)
        return
    (machine.data / "db.sqlite3").rmdir()
    (machine.data / "aside").rename(machine.data / "db.sqlite3")


def _let_in(machine: Machine, allowed: bool) -> None:
    server, _, name = machine.database.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}'.encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )


def _assert_away(machine: Machine) -> None:
    for path in (*NEED_IT, *MAY_NEED_IT):
        answer = machine.alice.with_token("").get(path)
        if answer.status in (200, 302) and path in MAY_NEED_IT:
            continue
        assert answer.status == 503, f"{path}: {answer}\n{machine.logs()}"
        assert int(answer.headers["retry-after"]) > 0, path
        assert answer.headers["content-type"].startswith("text/html"), path
    for path in API:
        answer = machine.alice.get(path)
        assert_problem(answer, 503, "database_unavailable")
        assert int(answer.headers["retry-after"]) > 0, path
    assert machine.alice.get("/index/config.json").status == 200
    assert machine.alice.get("/healthz").status == 200
    ready = machine.alice.get("/readyz")
    assert ready.status == 503
    assert ready.json()["database"] == "the database is unavailable"


def test_a_database_that_is_away_is_503_and_comes_back(machines: Machines, tmp_path: Path) -> None:
    with machines.machine(tmp_path / "machine") as machine:
        _take_away(machine)
        machine.start("web")
        with without_hanging(30):
            _assert_away(machine)
        _give_back(machine)
        wait_for("it serves again", lambda: machine.alice.get("/").status == 200)


@pytest.mark.services
def test_a_connection_that_breaks_is_503_until_the_database_is_back(machine: Machine) -> None:
    machine.start("web")
    assert machine.alice.get("/api/v1/tools").status == 200
    _take_away(machine)
    with without_hanging(30):
        _assert_away(machine)
    _give_back(machine)
    assert machine.alice.get("/").status == 200
