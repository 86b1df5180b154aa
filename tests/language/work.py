"""What happens after an upload, in this process: the real Celery tasks, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.jobs import work
from core.models import Job, JobState
from tests.language.answers import assert_ok
from tests.language.people import Person, Wheel
from tests.package.wheels import build_wheel


def work_off() -> int:
    """Do every job that is due; fails where one did not end well."""
    done = work.work_off()
    unwell = Job.objects.exclude(state__in=[JobState.DONE]).values_list("task", "error")
    assert not unwell, "\n".join(f"{task}: {error}" for task, error in unwell)
    return done


def through(person: Person, wheel: Wheel, **form: str) -> dict[str, Any]:
    """Upload, work off, and how the publication ended."""
    begun = person.publish(wheel, **form)
    assert_ok(begun, 202)
    work_off()
    return person.publication(begun)


def live(person: Person, wheel: Wheel, **form: str) -> dict[str, Any]:
    """Upload a wheel that goes live."""
    ended = through(person, wheel, **form)
    assert ended["state"] == "published", ended
    return ended


def live_tool(person: Person, folder: Path, **parts: Any) -> dict[str, Any]:
    """Build a wheel with ``build_wheel`` and let it go live."""
    return live(person, build_wheel(folder, **parts))
