"""A worker killed at any step loses nothing and doubles nothing.

Here the kill is an exception that no handler catches, raised between two named steps; in
test_killed_workers.py it is SIGKILL.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from catalog.models import Release
from core.jobs import queue, work
from core.models import AuditEntry, Job, JobState
from core.store import private_store, public_store
from publishing import golive, pipeline, receive
from publishing.models import Check, Publication
from publishing.states import CHECKS, State
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok
from tests.support.jobs import live_tool, run_jobs, work_off

pytestmark = pytest.mark.usefixtures("recorded_checks")


class Killed(BaseException):
    """Stands in for SIGKILL: no handler of ours catches it."""


def _killed_once(function: Callable[..., Any], *, after: bool = False) -> Callable[..., Any]:
    """The function, whose first call is killed before or after its work."""
    calls: list[int] = []

    def call(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 1 and not after:
            raise Killed
        found = function(*args, **kwargs)
        if len(calls) == 1:
            raise Killed
        return found

    return call


def _come_back() -> None:
    """What was leased is free again, as when the lease has ended; then the next worker works."""
    past = timezone.now() - dt.timedelta(seconds=1)
    Job.objects.filter(state=JobState.RUNNING).update(leased_until=past)
    run_jobs()


def _publish_and_be_killed(alice: Person, tmp_path: Path) -> dict[str, Any]:
    begun: dict[str, Any] = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    with pytest.raises(Killed):
        run_jobs()
    return begun


def _assert_published_once(alice: Person, begun: dict[str, Any]) -> None:
    ended = alice.publication(begun)
    assert ended["state"] == "published", ended
    release = Release.objects.get()
    assert AuditEntry.objects.filter(action="release.publish").count() == 1
    assert Check.objects.filter(publication=begun["id"]).count() == len(CHECKS)
    wheels = [key for key in public_store().list("files") if key.endswith(".whl")]
    assert wheels == [release.file_key]
    assert list(private_store().list()) == []
    assert [one["version"] for one in alice.get("/index/demo/hello.json").json()["releases"]] == [
        "1.0.0"
    ]
    assert assert_ok(alice.get("/api/v1/search?q=hello"))["total"] == 1
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}


@pytest.mark.parametrize("step", CHECKS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_in_the_middle_of_a_check(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: State, after: bool
) -> None:
    check, where = pipeline.STEPS[step]
    monkeypatch.setitem(pipeline.STEPS, step, (_killed_once(check, after=after), where))
    begun = _publish_and_be_killed(alice, tmp_path)
    assert alice.publication(begun)["state"] == step
    assert not Release.objects.exists()
    _come_back()
    _assert_published_once(alice, begun)


SEAMS = {
    "after the claim": (work, "lease_kept", False),
    "before the outcome is written": (pipeline, "finish", False),
    "after the outcome, before the commit": (pipeline, "finish", True),
    "after the state, before the next job": (pipeline, "_go_on", True),
    "before the file": (golive, "put_file", False),
    "after the file, before the commit": (golive, "put_file", True),
    "in the transaction of the release": (golive, "_reports", True),
    "at the end of that transaction": (golive.followups, "after_release", True),
    "after the commit, before the job is done": (queue, "finish", False),
}


@pytest.mark.parametrize("seam", SEAMS)
def test_at(alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seam: str) -> None:
    place, name, after = SEAMS[seam]
    monkeypatch.setattr(place, name, _killed_once(getattr(place, name), after=after))
    begun = _publish_and_be_killed(alice, tmp_path)
    _come_back()
    _assert_published_once(alice, begun)


@pytest.mark.parametrize("task", ["registry.write_tool", "search.index_tool"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_between_the_release_and_its_follow_ups(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, after: bool
) -> None:
    registered = work.tasks()[task]
    monkeypatch.setattr(registered, "run", _killed_once(registered.run, after=after))
    begun: dict[str, Any] = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    with pytest.raises(Killed):
        run_jobs()
    _come_back()
    _assert_published_once(alice, begun)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("name", "after"), [("_insert", False), ("_insert", True)], ids=["before", "after"]
)
def test_the_web_process_around_its_commit(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, after: bool
) -> None:
    """The file is stored, the answer never comes; the client sends it again."""
    monkeypatch.setattr(receive, name, _killed_once(getattr(receive, name), after=after))
    wheel = build_wheel(tmp_path)
    with pytest.raises(Killed):
        alice.publish(wheel, key="mine")
    gc.collect()  # the files that the dead process had open
    again = assert_ok(alice.publish(wheel, key="mine"), 202)
    assert Publication.objects.count() == 1
    run_jobs()
    assert alice.publication(again)["state"] == "published"
    assert Release.objects.count() == 1
    known = {f"uploads/{again['id']}/{wheel.name}"}
    left = set(private_store().list())
    assert len(left - known) <= 1, "only what a row was never written for, and that is swept"


def test_every_task_delivered_three_times(alice: Person, tmp_path: Path) -> None:
    begun = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    while due := list(Job.objects.due(timezone.now()).values_list("pk", "task")):
        for job_id, task in due:
            for _ in range(3):
                current_app.tasks[task].apply(args=[job_id], throw=True)
    _assert_published_once(alice, begun)
    for job_id, task in Job.objects.values_list("pk", "task"):
        current_app.tasks[task].apply(args=[job_id], throw=True)
    _assert_published_once(alice, begun)


def test_a_worker_that_was_only_thought_dead_changes_nothing(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first worker still tests, a second one takes over and goes live."""
    check, where = pipeline.STEPS[State.TESTING]
    begun = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    calls: list[int] = []

    def slow(workspace: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            _come_back()
        return check(workspace)

    monkeypatch.setitem(pipeline.STEPS, State.TESTING, (slow, where))
    run_jobs()
    assert len(calls) == 2
    _assert_published_once(alice, begun)


def test_a_check_that_fails_at_every_attempt_is_held_and_blocks_no_other(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    check, where = pipeline.STEPS[State.SCANNING]

    def fails(workspace: Any) -> Any:
        if workspace.publication.name == "hello":
            raise RuntimeError("the scanner broke")
        return check(workspace)

    monkeypatch.setitem(pipeline.STEPS, State.SCANNING, (fails, where))
    begun = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    for _ in range(6):
        Job.objects.filter(state=JobState.WAITING).update(due_at=timezone.now())
        work_off()
    ended = alice.publication(begun)
    assert ended["state"] == "held"
    assert "'scanning' failed 5 times" in ended["reasons"][0]
    assert "the scanner broke" not in ended["reasons"][0]  # ours to read, not the publisher's
    dead = Job.objects.get(state=JobState.DEAD)
    assert dead.attempts == 5
    assert "the scanner broke" in dead.error
    other = assert_ok(alice.publish(build_wheel(tmp_path, tool="demo/other")), 202)
    work_off()
    assert alice.publication(other)["state"] == "published"


def test_what_kills_its_worker_every_time_is_held(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kills(workspace: Any) -> Any:
        raise Killed

    monkeypatch.setitem(pipeline.STEPS, State.SCANNING, (kills, "scan"))
    begun = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    for _ in range(6):
        Job.objects.filter(state=JobState.RUNNING).update(leased_until=timezone.now())
        work.sweep()
        Job.objects.filter(state=JobState.WAITING).update(due_at=timezone.now())
        try:
            work_off()
        except Killed:
            continue
    ended = alice.publication(begun)
    assert ended["state"] == "held"
    assert "'scanning' failed 5 times" in ended["reasons"][0]
    assert "lost at every attempt" in Job.objects.get(state=JobState.DEAD).error


def test_a_second_release_while_the_first_is_written_is_not_overwritten(
    alice: Person, tmp_path: Path
) -> None:
    """The index is written from the database as it is, so the order of the jobs is no matter."""
    live_tool(alice, tmp_path)
    live_tool(alice, tmp_path, version="1.0.1")
    rows = Job.objects.filter(task="registry.write_tool").order_by("-id")
    for row in rows:
        Job.objects.filter(pk=row.pk).update(state=JobState.WAITING)
        run_jobs()
    versions = [one["version"] for one in alice.get("/index/demo/hello.json").json()["releases"]]
    assert versions == ["1.0.1", "1.0.0"]
