"""/readyz names each part that is missing, in a sentence; /healthz asks none."""

from __future__ import annotations

import datetime as dt
import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Namespace, User
from catalog.models import Release, Tool
from config import health, prepare
from core.models import Heartbeat
from lumos.package.names.tools import OFFICIAL_NAMESPACE
from publishing import release_actions
from publishing.checks.testing import note_sandbox
from search.factory import search_engine
from tests.search.samples import document
from tests.support import Person, assert_problem
from tests.support.jobs import live_tool, run_jobs
from tests.support.machine import free_port


@pytest.fixture
def ready(visitor: Person) -> Iterator[Person]:
    """A visitor of a marketplace that lacks nothing."""
    prepare.open_index()
    Heartbeat.beat("worker")
    Heartbeat.beat("schedule")
    health.forget()
    yield visitor
    health.forget()


def _said(person: Person, part: str, status: int = 503) -> str:
    health.forget()
    answer = person.get("/readyz")
    assert answer.status == status, answer
    return str(answer.json()[part])


def test_a_marketplace_that_lacks_nothing_is_ready(ready: Person) -> None:
    answer = ready.get("/readyz")
    assert answer.status == 200, answer
    assert answer.json().pop("status") == "ready"


def test_a_worker_that_ended_half_a_minute_ago_is_missed(ready: Person) -> None:
    Heartbeat.objects.update(seen_at=timezone.now() - dt.timedelta(seconds=30))
    assert "no heartbeat for 30 seconds" in _said(ready, "worker")


def test_a_copy_that_never_had_a_worker_says_so(ready: Person) -> None:
    Heartbeat.objects.all().delete()
    assert "no worker has used" in _said(ready, "worker")


def test_periodic_tasks_that_do_not_run_are_missed_beside_a_living_worker(
    ready: Person, settings: Any
) -> None:
    settings.BROKER = True
    Heartbeat.objects.filter(name="schedule").delete()
    assert "start celery beat" in _said(ready, "schedule")
    Heartbeat.beat("schedule")
    assert _said(ready, "schedule", 200) == "ok"
    Heartbeat.objects.filter(name="schedule").update(
        seen_at=timezone.now() - dt.timedelta(minutes=7)
    )
    assert "no periodic task ran for 7 minutes" in _said(ready, "schedule")


def test_a_store_that_takes_nothing_is_named(ready: Person, settings: Any) -> None:
    settings.PRIVATE_DIR = Path("/proc/private")  # nobody can write there
    assert "the disk is not writable" in _said(ready, "storage")


def test_a_disk_that_is_almost_full_is_named(
    ready: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", shutil.disk_usage("/").total * 1000)
    assert "almost full" in _said(ready, "storage")


def test_a_redis_that_is_away_is_named(ready: Person, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert "Redis is unavailable" in _said(ready, "redis")
    assert ready.get("/healthz").status == 200


def test_a_missing_sandbox_is_named_where_everything_is_held_for_it(
    ready: Person, settings: Any
) -> None:
    settings.UNTESTED = "hold"
    note_sandbox(works=False)
    assert "every publication is held" in _said(ready, "sandbox")
    settings.UNTESTED = "publish"
    assert _said(ready, "sandbox", 200) == "ok"
    settings.UNTESTED = "hold"
    note_sandbox(works=True)
    assert _said(ready, "sandbox", 200) == "ok"


@pytest.mark.usefixtures("recorded_checks")
@pytest.mark.parametrize("decision", ["quarantine", "quarantine_release", "delete"])
def test_an_official_tool_that_an_operator_took_back_is_not_missed(
    ready: Person, alice: Person, grace: Person, tmp_path: Path, settings: Any, decision: str
) -> None:
    Namespace.objects.filter(name="demo").update(name=OFFICIAL_NAMESPACE)
    (tmp_path / "official/hello").mkdir(parents=True)
    (tmp_path / "official/hello/pyproject.toml").touch()
    settings.OFFICIAL_TOOLS_DIR = tmp_path / "official"
    settings.REQUIRE_OFFICIAL_TOOLS = True
    assert _said(ready, "official_tools") == "not live yet: hello"
    live_tool(alice, tmp_path, tool=f"{OFFICIAL_NAMESPACE}/hello")
    Heartbeat.beat("worker")  # the machine may be slow
    assert _said(ready, "official_tools", 200) == "ok"
    release = Release.objects.get()
    alice_row, grace_row = (User.objects.get(email=person.email) for person in (alice, grace))
    if decision == "delete":
        release_actions.delete(by=alice_row, release=release)
    elif decision == "quarantine":
        release_actions.quarantine(by=grace_row, tool=release.tool, reason="It is examined.")
    else:
        release_actions.quarantine_release(by=grace_row, release=release, reason="It is examined.")
    run_jobs()
    assert not Tool.objects.live().exists()
    Heartbeat.beat("worker")  # the machine may be slow
    assert _said(ready, "official_tools", 200) == "ok"


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("damage", ["truncated", "garbage", "half a segment", "empty folder"])
def test_a_damaged_search_index_stops_no_start(ready: Person, damage: str, settings: Any) -> None:
    search_engine().rebuild([document("acme/hello")])
    folder = (Path(settings.SEARCH_DIR) / "current").resolve()
    for path in folder.iterdir():
        content = path.read_bytes()
        if damage == "empty folder":
            path.unlink()
        elif damage == "garbage":
            path.write_bytes(b"x" * len(content))
        elif path.suffix == (".toc" if damage == "truncated" else ".seg"):
            path.write_bytes(content[: len(content) // 2])
    engine: Any = search_engine()
    engine._mine.searcher = None
    prepare.open_index()
    answer = ready.get("/api/v1/search?q=hello")
    assert_problem(answer, 503, "search_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    page = ready.get("/search?q=hello")
    assert page.status == 503
    assert int(page.headers["retry-after"]) > 0
    assert "damaged" in _said(ready, "search")
    assert ready.get("/index/config.json").status == 200
    assert ready.get("/api/v1/tools").status == 200
    search_engine().rebuild([document("acme/hello")])
    assert ready.get("/api/v1/search?q=hello").status == 200
    gc.collect()  # Whoosh leaves files open when what it reads is damaged


@pytest.mark.parametrize("path", ["/legacy/", "/legacy"])
@pytest.mark.parametrize("content", ["multipart/form-data; boundary=x", "text/plain"])
def test_other_peoples_uploaders_are_told_the_command(
    ready: Person, content: str, path: str
) -> None:
    answer = ready.send("POST", path, headers={"Content-Type": content}, body=b"--x--")
    assert answer.status == 410
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.count("\n") == 1
    assert "lumos publish" in answer.text
