"""The web process is killed inside a write with an Idempotency-Key; the client sends it again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.package.wheels import build_wheel
from tests.support import Answer, Person, assert_ok
from tests.support.machine import Machine
from tests.support.waiting import wait_for

TOOL = "/api/v1/tools/demo/hello"
RELEASE = f"{TOOL}/releases/1.0.0"


def _yank(machine: Machine, key: str) -> Answer:
    return _keyed(machine.alice, key).post(f"{RELEASE}/yank", {"reason": "It is slow."})


def _review(machine: Machine, key: str) -> Answer:
    body = {"stars": 4, "text": "It greets everybody who is named."}
    return _keyed(machine.people["charlie"], key).write("PUT", f"{TOOL}/reviews/mine", body)


def _delete(machine: Machine, key: str) -> Answer:
    return _keyed(machine.alice, key).post(f"{RELEASE}/delete")


def _keyed(person: Person, key: str) -> Person:
    return person.with_headers(Idempotency_Key=key)


@pytest.mark.slow
def test_the_same_key_is_done_once_and_at_once_after_the_restart(
    machine: Machine, tmp_path: Path
) -> None:
    machine.start("web")
    machine.start_workers(recorded=True)
    begun = assert_ok(machine.alice.publish(build_wheel(tmp_path)), 202)
    assert machine.settled(machine.alice, begun)["state"] == "published"
    machine.kill("web")
    writes: dict[str, Any] = {
        "review.write": _review, "release.yank": _yank, "release.delete": _delete,
    }  # fmt: skip
    before = ""
    for action, write in writes.items():
        _start_dying(machine, action)
        if before:  # the next server is the one that came back after the kill
            _assert_done_once(machine, before, writes[before])
        with pytest.raises(OSError):
            write(machine, action)
        machine.processes.pop("dying").wait(20)
        before = action
    machine.start("web")
    _assert_done_once(machine, before, writes[before])


def _start_dying(machine: Machine, action: str) -> None:
    command = [sys.executable, "-m", "tests.support.crashing_web", action]
    machine.start("dying", command)
    wait_for("the web process answers", lambda: _answers(machine), 60)


def _assert_done_once(machine: Machine, action: str, write: Any) -> None:
    again = write(machine, action)
    assert again.status in (200, 201, 204), again
    assert "idempotency-replayed" not in again.headers
    assert write(machine, action).headers["idempotency-replayed"] == "true"
    done = "SELECT count(*) FROM core_auditentry WHERE action = %s"
    assert machine.rows(done, action) == [(1,)]


def _answers(machine: Machine) -> bool:
    try:
        return bool(machine.alice.get("/healthz").status == 200)
    except OSError:
        return False
