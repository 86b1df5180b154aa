"""SIGKILL for the real worker process in the middle of a publication."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.package.wheels import build_wheel
from tests.support import assert_ok
from tests.support.machine import Machine
from tests.support.machines import Machines
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

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


@pytest.fixture(scope="module")
def marketplace(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One for this file; each test has a tool of its own."""
    with machines.machine(tmp_path_factory.mktemp("killed")) as made:
        yield made
        print(made.logs())


@pytest.fixture
def machine(marketplace: Machine) -> Machine:
    """The marketplace, of which everything runs."""
    marketplace.start_missing()
    return marketplace


def _publish(machine: Machine, tmp_path: Path, name: str) -> dict[str, Any]:
    wheel = build_wheel(tmp_path, tool=f"demo/{name}", function="hello", code=SLOW)
    begun: dict[str, Any] = assert_ok(machine.alice.publish(wheel), 202)
    return begun


def _await_step(machine: Machine, begun: dict[str, Any], step: str) -> None:
    """Until that check runs."""
    query = "SELECT count(*) FROM publishing_check WHERE name = %s AND state = 'running'"
    wait_for(f"the step {step} runs", lambda: machine.rows(query, step)[0][0])
    assert machine.alice.publication(begun)["state"] == step


def _releases(machine: Machine, begun: dict[str, Any]) -> int:
    query = (
        "SELECT count(*) FROM catalog_release JOIN catalog_tool "
        "ON catalog_tool.id = catalog_release.tool_id WHERE catalog_tool.name = %s"
    )
    return int(machine.rows(query, begun["tool"].partition("/")[2])[0][0])


def _assert_published_once(machine: Machine, ended: dict[str, Any]) -> None:
    assert ended["state"] == "published", ended
    assert _releases(machine, ended) == 1
    published = "SELECT count(*) FROM core_auditentry WHERE action = 'release.publish'"
    assert machine.rows(published) == machine.rows("SELECT count(*) FROM catalog_release")
    wheels = list((machine.data / "public/files").rglob(ended["filename"]))
    assert [path.parent.name for path in wheels] == [ended["sha256"]]
    _await_follow_ups(machine)
    (release,) = machine.alice.get(f"/index/{ended['tool']}.json").json()["releases"]
    assert release["sha256"] == ended["sha256"]
    name = ended["tool"].partition("/")[2]
    assert assert_ok(machine.alice.get(f"/api/v1/search?q={name}"))["total"] == 1


def _await_follow_ups(machine: Machine) -> None:
    open_jobs = "SELECT task, state, attempts, error FROM core_job WHERE state <> 'done'"
    try:
        wait_for("every job is done", lambda: not machine.rows(open_jobs), 40)
    except AssertionError as error:
        raise AssertionError(f"{error}: {machine.rows(open_jobs)}") from None


@pytest.mark.parametrize(("step", "name"), [("scanning", "walrus"), ("testing", "heron")])
def test_the_worker_is_killed_and_comes_back(
    machine: Machine, tmp_path: Path, step: str, name: str
) -> None:
    begun = _publish(machine, tmp_path, name)
    _await_step(machine, begun, step)
    machine.kill(machine.workers[0])
    assert machine.alice.publication(begun)["state"] == step
    assert _releases(machine, begun) == 0
    machine.start(machine.workers[0])
    _assert_published_once(machine, machine.settled(machine.alice, begun))


def test_the_worker_is_asked_to_stop_and_another_takes_over(
    machine: Machine, tmp_path: Path
) -> None:
    begun = _publish(machine, tmp_path, "badger")
    _await_step(machine, begun, "testing")
    machine.kill(machine.workers[0], signal.SIGTERM)
    machine.start(machine.workers[0])
    _assert_published_once(machine, machine.settled(machine.alice, begun))


def test_everything_is_killed_at_once_and_started_again(machine: Machine, tmp_path: Path) -> None:
    begun = _publish(machine, tmp_path, "lynx")
    _await_step(machine, begun, "testing")
    for name in ("web", *machine.workers):
        machine.kill(name)
    if machine.broker:
        machine.broker.kill()
        machine.broker.start()
    machine.start("web")
    machine.start_workers()
    _assert_published_once(machine, machine.settled(machine.alice, begun))
