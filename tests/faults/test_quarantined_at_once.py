"""A moderator's quarantine takes effect in the request, whatever the workers do."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Release, Tool
from core.jobs import delivery
from core.models import Job, JobState
from registry import listings
from tests.support import Person, assert_ok
from tests.support.jobs import live_tool, run_jobs

pytestmark = [pytest.mark.usefixtures("recorded_checks"), pytest.mark.django_db(transaction=True)]
TOOL = "/api/v1/tools/demo/hello"


@pytest.fixture
def moderator(grace: Person) -> Client:
    """The moderator's browser."""
    client = Client()
    client.force_login(
        User.objects.get(email=grace.email),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def _act(moderator: Client, model: str, action: str, pk: int) -> None:
    form = {"action": action, "_selected_action": [pk], "reason": "It sends files away."}
    assert moderator.post(f"/admin/catalog/{model}/", form).status_code == 302


def _two_releases(alice: Person, folder: Path) -> None:
    live_tool(alice, folder)
    live_tool(alice, folder, version="1.1.0")


@pytest.mark.parametrize("model", ["tool", "release"])
def test_a_locked_install_is_refused_although_no_worker_runs(
    alice: Person, moderator: Client, visitor: Person, tmp_path: Path, model: str
) -> None:
    _two_releases(alice, tmp_path)
    release = Release.objects.get(version="1.1.0")
    hidden = release.pk if model == "release" else release.tool_id
    _act(moderator, model, "quarantine", hidden)
    assert visitor.get(f"/{release.file_key}").status == 404
    assert visitor.get(f"/{release.file_key}.metadata").status == 404
    index = visitor.get("/index/demo/hello.json").json()
    installable = [one["version"] for one in index["releases"] if not one["quarantined"]]
    if model == "release":
        assert installable == ["1.0.0"]
        assert "1.1.0" not in visitor.get("/simple/demo-hello/").text
    else:
        assert index["status"] == "quarantined"
    assert Job.objects.filter(task="registry.write_tool", state=JobState.WAITING).exists()


def test_a_deleted_release_is_gone_although_no_worker_runs(
    alice: Person, visitor: Person, tmp_path: Path
) -> None:
    _two_releases(alice, tmp_path)
    url = assert_ok(visitor.get(f"{TOOL}/releases/1.1.0"))["file"]["url"]
    keyed = alice.with_headers(Idempotency_Key="one")  # its answer shares the transaction
    assert keyed.post(f"{TOOL}/releases/1.1.0/delete").status == 204
    assert visitor.get(url).status == 404


def test_a_process_that_ends_before_the_removal_leaves_a_job_that_removes(
    alice: Person,
    moderator: Client,
    visitor: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live_tool(alice, tmp_path)
    release = Release.objects.get()
    with monkeypatch.context() as failing:
        failing.setattr(listings, "withhold", _full_disk)
        _act(moderator, "tool", "quarantine", release.tool_id)
    assert Tool.objects.get().status == "quarantined"
    assert visitor.get(f"/{release.file_key}").status == 200
    run_jobs()
    assert visitor.get(f"/{release.file_key}").status == 404


def test_a_broker_that_is_away_delays_nothing(
    alice: Person,
    moderator: Client,
    visitor: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live_tool(alice, tmp_path)
    release = Release.objects.get()
    monkeypatch.setattr(delivery, "deliver", _broker_away)
    _act(moderator, "tool", "quarantine", release.tool_id)
    assert visitor.get(f"/{release.file_key}").status == 404


def _broker_away(*_: object) -> None:
    raise ConnectionError("the broker is away")


def _full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")
