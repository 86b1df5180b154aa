"""`manage.py run`, as `make run` starts it: two processes that come back, one that ends them."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.machine import REPOSITORY, Machine
from tests.support.transports import HttpTransport
from tests.support.waiting import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def marketplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Started in an empty DATA_DIR; the official tools are published meanwhile."""
    machine = Machine(tmp_path_factory.mktemp("run"), STATIC_FROM_SOURCE="", SANDBOX_PYTHONS="")
    machine.start("run", [sys.executable, "manage.py", "run"])
    try:
        wait_for("the site answers", lambda: _status(machine, "/healthz") == 200, 120)
        yield machine
    finally:
        machine.stop()
        print(machine.logs())


def _status(machine: Machine, path: str) -> int:
    if "run" in machine.processes:
        assert machine.processes["run"].poll() is None, machine.log("run")
    try:
        return HttpTransport(machine.url, timeout=5).send("GET", path).status
    except OSError:
        return 0


def _children(machine: Machine, word: str) -> list[psutil.Process]:
    """The two supervised processes are children; servers have children of their own."""
    supervisor = psutil.Process(machine.processes["run"].pid)
    return [child for child in supervisor.children() if word in _command_line(child)]


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


def test_two_processes_are_supervised(marketplace: Machine) -> None:
    assert len(_children(marketplace, "granian")) == 1
    assert len(_children(marketplace, "run_worker")) == 1


def test_a_killed_worker_comes_back(marketplace: Machine) -> None:
    (worker,) = _children(marketplace, "run_worker")
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    wait_for("another worker", lambda: _children(marketplace, "run_worker"))
    assert _children(marketplace, "run_worker")[0].pid != worker.pid


def test_a_killed_web_process_comes_back(marketplace: Machine) -> None:
    (web,) = _children(marketplace, "granian")
    for process in (*web.children(recursive=True), web):
        process.send_signal(signal.SIGKILL)
    wait_for("the site answers", lambda: _status(marketplace, "/healthz") == 200, 60)


def test_the_index_is_there_before_the_tools(marketplace: Machine) -> None:
    assert _status(marketplace, "/index/config.json") == 200
    assert _status(marketplace, "/simple/lumos-cli/") == 200
    ready = HttpTransport(marketplace.url).send("GET", "/readyz")
    assert ready.status in (200, 503)
    assert ready.json()["database"] == "ok"


def test_the_demo_account_gets_a_token_and_nothing_else(marketplace: Machine) -> None:
    token = marketplace.manage("issue_token", "demo@example.com", "--scope", "publish")
    assert re.fullmatch(r"lmt_\w{38}\n", token)
    headers = {"Authorization": f"Bearer {token.strip()}"}
    answer = HttpTransport(marketplace.url).send("GET", "/api/v1/whoami", headers=headers)
    assert answer.json()["namespaces"] == ["demo"]


def test_a_second_one_on_the_same_port_is_told_what_to_try(marketplace: Machine) -> None:
    second = Machine(marketplace.folder / "second", PORT=str(marketplace.port))
    second.data.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "manage.py", "run"], cwd=REPOSITORY, env=second.env,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert f"PORT={marketplace.port} cannot be used" in done.stderr
    assert "PORT=" in done.stderr
    assert "Traceback" not in done.stderr


def test_when_it_ends_nothing_is_left_running(marketplace: Machine) -> None:
    supervisor = psutil.Process(marketplace.processes["run"].pid)
    family = supervisor.children(recursive=True)
    assert len(family) >= 2
    supervisor.send_signal(signal.SIGINT)
    assert marketplace.processes.pop("run").wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [_command_line(process) for process in alive if process.is_running()] == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", marketplace.port))
    assert "Traceback" not in Path(marketplace.folder / "run.log").read_text()
