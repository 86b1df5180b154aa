"""SIGKILL for the real worker process in the middle of a publication."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.package.wheels import build_wheel
from tests.support import assert_ok
from tests.support.machine import Machine
from tests.support.waiting import wait_for

#: Runs long enough to be killed while it runs.
SLOW = '''"""Greets people, slowly."""

import time
from dataclasses import dataclass


@dataclass
class Greeting:
    text: str


def hello(name: str, times: int = 1) -> Greeting:
    """Greet someone.

    Args:
        name: Whom to greet.
        times: How often to say hello.
    """
    time.sleep(0.4)
    return Greeting(" ".join(["Hello"] * times + [name]))
'''


def _await_step(machine: Machine, begun: dict[str, Any], step: str) -> None:
    """Until that check runs."""
    query = "SELECT count(*) FROM publishing_check WHERE name = %s AND state = 'running'"
    wait_for(f"the step {step} runs", lambda: machine.rows(query, step)[0][0])
    assert machine.alice.publication(begun)["state"] == step


def _assert_published_once(machine: Machine, ended: dict[str, Any]) -> None:
    assert ended["state"] == "published", ended
    assert machine.rows("SELECT count(*) FROM catalog_release") == [(1,)]
    published = "SELECT count(*) FROM core_auditentry WHERE action = 'release.publish'"
    assert machine.rows(published) == [(1,)]
    wheels = list((machine.data / "public/files").rglob("*.whl"))
    assert [path.parent.name for path in wheels] == [ended["sha256"]]
    _await_follow_ups(machine)
    (release,) = machine.alice.get("/index/demo/hello.json").json()["releases"]
    assert release["sha256"] == ended["sha256"]
    assert assert_ok(machine.alice.get("/api/v1/search?q=hello"))["total"] == 1


def _await_follow_ups(machine: Machine) -> None:
    open_jobs = "SELECT task, state, attempts, error FROM core_job WHERE state <> 'done'"
    try:
        wait_for("every job is done", lambda: not machine.rows(open_jobs), 40)
    except AssertionError as error:
        raise AssertionError(f"{error}: {machine.rows(open_jobs)}") from None


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.parametrize("step", ["scanning", "testing"])
def test_the_worker_is_killed_and_comes_back(machine: Machine, tmp_path: Path, step: str) -> None:
    machine.start("web")
    machine.start_workers()
    begun = assert_ok(machine.alice.publish(build_wheel(tmp_path, code=SLOW)), 202)
    _await_step(machine, begun, step)
    machine.kill(machine.workers[0])
    assert machine.alice.publication(begun)["state"] == step
    assert machine.rows("SELECT count(*) FROM catalog_release") == [(0,)]
    machine.start(machine.workers[0])
    _assert_published_once(machine, machine.settled(machine.alice, begun))


@pytest.mark.slow
@pytest.mark.sandbox
def test_the_worker_is_asked_to_stop_and_another_takes_over(
    machine: Machine, tmp_path: Path
) -> None:
    machine.start("web")
    machine.start_workers()
    begun = assert_ok(machine.alice.publish(build_wheel(tmp_path, code=SLOW)), 202)
    _await_step(machine, begun, "testing")
    machine.kill(machine.workers[0], signal.SIGTERM)
    machine.start(machine.workers[0])
    _assert_published_once(machine, machine.settled(machine.alice, begun))


@pytest.mark.slow
@pytest.mark.sandbox
def test_everything_is_killed_at_once_and_started_again(machine: Machine, tmp_path: Path) -> None:
    machine.start("web")
    machine.start_workers()
    begun = assert_ok(machine.alice.publish(build_wheel(tmp_path, code=SLOW)), 202)
    _await_step(machine, begun, "testing")
    for name in ("web", *machine.workers):
        machine.kill(name)
    if machine.broker:
        machine.broker.kill()
        machine.broker.start()
    machine.start("web")
    machine.start_workers()
    _assert_published_once(machine, machine.settled(machine.alice, begun))
