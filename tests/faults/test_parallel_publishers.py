"""Twenty publishers of one version at once, through a real server: one wins, all are told."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.package.wheels import build_wheel
from tests.support import Answer, assert_problem
from tests.support.machine import Machine
from tests.support.waiting import wait_for

CROWD = 20


def _all_at_once(machine: Machine, wheels: list[Path], **options: str) -> list[Answer]:
    """Every wheel uploaded in the same moment, by Alice and Bob in turns."""
    people = [machine.people["alice"], machine.people["bob"]]
    answers: dict[int, Answer] = {}
    start = threading.Barrier(len(wheels))

    def upload(number: int) -> None:
        start.wait()
        answers[number] = people[number % 2].publish(wheels[number], **options)

    threads = [threading.Thread(target=upload, args=[number]) for number in range(len(wheels))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(wheels))]


def _stored(machine: Machine) -> list[Path]:
    return [path for path in (machine.data / "private").rglob("*") if path.is_file()]


@pytest.mark.slow
def test_of_twenty_different_wheels_one_is_accepted(machine: Machine, tmp_path: Path) -> None:
    machine.start("web")
    wheels = [
        build_wheel(tmp_path / str(number), readme=f"# Wheel {number}\n") for number in range(CROWD)
    ]
    answers = _all_at_once(machine, wheels)
    accepted = [answer for answer in answers if answer.status == 202]
    assert len(accepted) == 1, answers
    winner: dict[str, Any] = accepted[0].json()
    for answer in answers:
        if answer.status != 202:
            document = assert_problem(answer, 409, "version_in_flight")
            assert document["publication"] == winner["id"]
    (stored,) = _stored(machine)
    assert stored.read_bytes() == wheels[answers.index(accepted[0])].read_bytes()
    assert machine.rows("SELECT count(*) FROM publishing_publication") == [(1,)]
    jobs = "SELECT count(*) FROM core_job WHERE task = 'publishing.advance'"
    assert machine.rows(jobs) == [(1,)]
    machine.start_workers(recorded=True)
    ended = machine.settled(machine.alice, winner)
    assert ended["state"] == "published", ended
    later = _all_at_once(machine, wheels)
    for answer in later:
        document = assert_problem(answer, 409, "version_exists")
        assert document["sha256"] == winner["sha256"]
    files = list((machine.data / "public/files").rglob("*.whl"))
    assert [path.parent.name for path in files] == [winner["sha256"]]


@pytest.mark.slow
def test_twenty_times_the_same_wheel_is_one_publication(machine: Machine, tmp_path: Path) -> None:
    machine.start("web")
    answers = _all_at_once(machine, [build_wheel(tmp_path)] * CROWD)
    assert {answer.status for answer in answers} == {202}, answers
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(_stored(machine)) == 1


@pytest.mark.slow
def test_versions_that_come_at_once_all_go_live(machine: Machine, tmp_path: Path) -> None:
    """No upload is rejected because others publish, and no release is missing from the index."""
    machine.start("web")
    machine.start_workers(recorded=True)
    versions = [f"1.0.{number}" for number in range(6)]
    wheels = [build_wheel(tmp_path / version, version=version) for version in versions]
    answers = _all_at_once(machine, wheels)
    assert {answer.status for answer in answers} == {202}, answers
    for answer in answers:
        ended = machine.settled(machine.alice, answer.json(), 180)
        assert ended["state"] == "published", ended

    def listed() -> set[str]:
        releases = machine.alice.get("/index/demo/hello.json").json()["releases"]
        return {release["version"] for release in releases}

    wait_for("every release is in the index", lambda: listed() == set(versions))
