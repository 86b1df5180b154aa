"""Runs what follows an upload in this process: the real Celery tasks, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone

from core.jobs import work
from core.models import Job, JobState
from tests.package.wheels import build_wheel
from tests.support.answers import assert_ok
from tests.support.users import Person, Wheel


def work_off() -> int:
    """Run due jobs through their Celery tasks until none is left; return how many ran."""
    done, before = 0, None
    while True:
        due = list(Job.objects.due(timezone.now()).values_list("pk", "task", "attempts")[:20])
        if not due or due == before:
            return done
        before = due
        for job_id, task, _ in due:
            work.tasks()[task].apply(args=[job_id], throw=True)
            done += 1


def run_jobs() -> int:
    """Run every job that is due and return how many ran; fails where one did not succeed."""
    done = work_off()
    failed = Job.objects.exclude(state__in=[JobState.DONE]).values_list("task", "error")
    assert not failed, "\n".join(f"{task}: {error}" for task, error in failed)
    return done


def submit(person: Person, wheel: Wheel, **form: str) -> dict[str, Any]:
    """Upload a wheel, run its jobs, and return the publication as it ended."""
    begun = person.publish(wheel, **form)
    assert_ok(begun, 202)
    run_jobs()
    return person.publication(begun)


def live(person: Person, wheel: Wheel, **form: str) -> dict[str, Any]:
    """Upload a wheel that must go live."""
    ended = submit(person, wheel, **form)
    assert ended["state"] == "published", ended
    return ended


def live_tool(person: Person, folder: Path, **parts: Any) -> dict[str, Any]:
    """Build a wheel from ``parts`` (those of ``build_wheel``) and publish it."""
    return live(person, build_wheel(folder, **parts))
