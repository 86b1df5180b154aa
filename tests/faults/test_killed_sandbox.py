"""The sandbox's processes are killed from outside while a sound package is tested.

An out-of-memory killer of the machine does that. It is no fault of the package.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.utils import timezone

import sandbox
from core.models import Job, JobState
from publishing.checks.testing import KILLED_TRIES
from tests.faults.test_killed_workers import SLOW
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok
from tests.support.jobs import work_off

pytestmark = [pytest.mark.slow, pytest.mark.sandbox, pytest.mark.django_db(transaction=True)]


def _outer() -> list[psutil.Process]:
    """Bubblewrap's outer processes that this process started."""
    return [one for one in psutil.Process().children() if one.name() == "bwrap"]


def _runners() -> list[psutil.Process]:
    """The interpreters that load the tool, the parents of those that call its functions."""
    inner = [below for one in _outer() for below in one.children()]
    return [one for init in inner for one in init.children() if "python" in one.name()]


def _steps() -> list[psutil.Process]:
    """The processes that call a function of the tool."""
    return [one for runner in _runners() for one in runner.children()]


VICTIMS = {"bubblewrap": _outer, "the runner": _runners, "a call": _steps}


@contextmanager
def _killing(victims: Callable[[], list[psutil.Process]], times: int) -> Iterator[list[int]]:
    """Kill the first victims that are seen for 0.1 s, so many times; the list fills with ids."""
    killed: list[int] = []
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.02) and len(killed) < times:
            try:
                seen = victims()
                time.sleep(0.1)
                for one in seen:
                    if one.pid not in killed and one.is_running():
                        one.kill()
                        killed.append(one.pid)
                        break
            except psutil.Error:
                continue

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        done.set()
        thread.join()


def _work_off_without_waiting() -> None:
    Job.objects.filter(state=JobState.WAITING).update(due_at=timezone.now())
    work_off()


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_sound_package_is_tried_again_and_published(
    alice: Person, tmp_path: Path, victim: str
) -> None:
    assert sandbox.status().available
    begun = assert_ok(alice.publish(build_wheel(tmp_path, code=SLOW)), 202)
    with _killing(VICTIMS[victim], 1) as killed:
        work_off()
    assert len(killed) == 1
    # Killed between two measurements, it is replaced in the same run; else the job waits.
    assert alice.publication(begun)["state"] in ("testing", "published")
    _work_off_without_waiting()
    ended = alice.publication(begun)
    assert ended["state"] == "published", ended


def test_a_package_whose_sandbox_is_killed_every_time_waits_for_a_moderator(
    alice: Person, tmp_path: Path
) -> None:
    assert sandbox.status().available
    begun = assert_ok(alice.publish(build_wheel(tmp_path, code=SLOW)), 202)
    with _killing(_steps, 100) as killed:
        for _ in range(KILLED_TRIES):
            _work_off_without_waiting()
    assert len(killed) >= KILLED_TRIES
    ended = alice.publication(begun)
    assert ended["state"] == "held", ended
    assert "It did not exceed its limits" in " ".join(ended["reasons"])
