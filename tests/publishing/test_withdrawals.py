"""What is live can be deleted while it is young, deprecated, and hidden by a moderator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Release, Tool, ToolStatus
from core.errors import Conflict
from core.models import AuditEntry
from publishing import golive, release_actions
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok, assert_problem
from tests.support.jobs import live_tool, run_jobs, submit

pytestmark = pytest.mark.usefixtures("recorded_checks")
TOOL = "/api/v1/tools/demo/hello"


@pytest.fixture
def hello(alice: Person, tmp_path: Path) -> dict[str, Any]:
    """demo/hello 1.0.0 and 1.1.0, live."""
    live_tool(alice, tmp_path)
    return live_tool(alice, tmp_path, version="1.1.0")


@pytest.fixture
def desk(grace: Person) -> Client:
    """The moderator's browser."""
    client = Client()
    client.force_login(
        User.objects.get(email=grace.email),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def _moderate(desk: Client, model: str, action: str, pk: int, reason: str = "") -> None:
    form = {"action": action, "_selected_action": [pk], "reason": reason}
    assert desk.post(f"/admin/catalog/{model}/", form).status_code == 302
    run_jobs()


def _delete(person: Person, version: str) -> Any:
    return person.post(f"{TOOL}/releases/{version}/delete")


def _installable(visitor: Person) -> list[str]:
    index = visitor.get("/index/demo/hello.json").json()
    return [one["version"] for one in index["releases"] if not one["quarantined"]]


def test_a_young_release_is_deleted_and_gone_everywhere(
    hello: dict[str, Any], alice: Person, visitor: Person
) -> None:
    url = assert_ok(visitor.get(f"{TOOL}/releases/1.1.0"))["file"]["url"]
    assert _delete(alice, "1.1.0").status == 204
    run_jobs()
    assert visitor.get(url).status == 404
    assert_problem(visitor.get(f"{TOOL}/releases/1.1.0"), 404, "release_not_found")
    assert _installable(visitor) == ["1.0.0"]
    assert "1.1.0" not in visitor.get("/simple/demo-hello/").text
    assert assert_ok(visitor.get(TOOL))["version"] == "1.0.0"
    entry = AuditEntry.objects.get(action="release.delete")
    assert entry.data["version"] == "1.1.0"


def test_a_deleted_version_is_never_free_again(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    assert _delete(alice, "1.1.0").status == 204
    again = alice.publish(build_wheel(tmp_path / "again", version="1.1.0", readme="# Other\n"))
    problem = assert_problem(again, 409, "version_exists")
    assert "deleted" in problem["detail"]
    assert "Raise the version" in problem["suggestion"]
    assert "release_url" not in problem


def test_the_last_release_takes_the_tool_along(
    alice: Person, visitor: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path)
    assert _delete(alice, "1.0.0").status == 204
    run_jobs()
    assert visitor.get(TOOL).status == 404
    assert visitor.get("/tools/demo/hello/").status == 404
    assert visitor.get("/api/v1/search?q=hello").json()["total"] == 0
    assert _installable(visitor) == []


def test_after_72_hours_a_release_can_only_be_yanked(hello: dict[str, Any], alice: Person) -> None:
    Release.objects.update(published_at=timezone.now() - dt.timedelta(hours=73))
    problem = assert_problem(_delete(alice, "1.1.0"), 409, "too_old_to_delete")
    assert "Yank" in problem["suggestion"]
    assert not Release.objects.filter(deleted_at__isnull=False).exists()


def test_what_another_tool_needs_is_not_deleted(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path, tool="demo/needy", dependencies=["demo-hello>=1.1,<2"])
    problem = assert_problem(_delete(alice, "1.1.0"), 409, "has_dependents")
    assert "demo/needy 1.0.0" in problem["detail"]
    assert _delete(alice, "1.0.0").status == 204


def test_what_goes_away_while_a_dependent_is_checked_is_missed_at_go_live(
    hello: dict[str, Any], alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_file = golive.put_file

    def at_the_last_moment(*args: Any) -> None:
        put_file(*args)
        assert _delete(alice, "1.1.0").status == 204

    monkeypatch.setattr(golive, "put_file", at_the_last_moment)
    needy = build_wheel(tmp_path, tool="demo/needy", dependencies=["demo-hello>=1.1,<2"])
    ended = submit(alice, needy)
    assert ended["state"] == "rejected"
    assert "no installable release of demo/hello" in ended["findings"][0]["message"]
    assert not Tool.objects.filter(name="needy").exists()


def test_a_deprecation_is_shown_to_everyone_and_taken_back(
    hello: dict[str, Any], alice: Person, visitor: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path, tool="demo/better")
    form = {"reason": "It is slow.", "successor": "demo/better"}
    answer = assert_ok(alice.post(f"{TOOL}/deprecate", form))
    assert answer["status"] == "deprecated"
    run_jobs()
    shown = assert_ok(visitor.get(TOOL))
    assert (shown["deprecation"], shown["successor"]) == ("It is slow.", "demo/better")
    index = visitor.get("/index/demo/hello.json").json()
    assert index["status"] == "deprecated"
    assert "It is slow." in visitor.get("/tools/demo/hello/").text
    assert_ok(alice.post(f"{TOOL}/undeprecate"))
    run_jobs()
    assert visitor.get("/index/demo/hello.json").json()["status"] == "active"
    assert_problem(alice.post(f"{TOOL}/undeprecate"), 409, "not_deprecated")


@pytest.mark.parametrize(
    ("successor", "status", "code"),
    [
        ("demo/hello", 422, "successor_invalid"),
        ("No Name", 422, "successor_invalid"),
        ("demo/nothing", 404, "tool_not_found"),
    ],
)
def test_a_successor_is_another_tool_that_is_there(
    hello: dict[str, Any], alice: Person, successor: str, status: int, code: str
) -> None:
    answer = alice.post(f"{TOOL}/deprecate", {"reason": "Old.", "successor": successor})
    assert_problem(answer, status, code)
    assert Tool.objects.get().status == ToolStatus.ACTIVE


def test_a_moderator_hides_a_tool_and_shows_it_again(
    hello: dict[str, Any], desk: Client, visitor: Person
) -> None:
    url = assert_ok(visitor.get(f"{TOOL}/releases/1.1.0"))["file"]["url"]
    tool = Tool.objects.get()
    mail.outbox.clear()
    _moderate(desk, "tool", "quarantine", tool.pk, "It sends files away.")
    assert visitor.get(url).status == 404
    assert visitor.get("/tools/demo/hello/").status == 404
    assert visitor.get("/api/v1/search?q=hello").json()["total"] == 0
    assert visitor.get("/index/demo/hello.json").json()["status"] == "quarantined"
    told = {message.to[0]: message.body for message in mail.outbox}
    assert "alice@example.org" in told
    assert "It sends files away." in told["alice@example.org"]
    _moderate(desk, "tool", "end_quarantine", tool.pk)
    assert visitor.get(url).status == 200
    assert visitor.get("/tools/demo/hello/").status == 200


def test_a_moderator_takes_one_release_away_and_gives_it_back(
    hello: dict[str, Any], desk: Client, visitor: Person
) -> None:
    release = Release.objects.get(version="1.1.0")
    _moderate(desk, "release", "quarantine", release.pk, "It sends files away.")
    assert _installable(visitor) == ["1.0.0"]
    assert assert_ok(visitor.get(TOOL))["version"] == "1.0.0"
    assert visitor.get(f"/{release.file_key}").status == 404
    _moderate(desk, "release", "end_quarantine", release.pk)
    assert _installable(visitor) == ["1.1.0", "1.0.0"]
    assert visitor.get(f"/{release.file_key}").status == 200


@pytest.mark.parametrize("model", ["tool", "release"])
def test_what_is_hidden_already_is_hidden_once(
    hello: dict[str, Any], desk: Client, alice: Person, model: str
) -> None:
    pk = {"tool": Tool, "release": Release}[model].objects.first().pk
    for _ in range(2):
        _moderate(desk, model, "quarantine", pk, "It sends files away.")
    assert AuditEntry.objects.filter(action=f"{model}.quarantine").count() == 1
    told = [message for message in mail.outbox if "It sends files away." in message.body]
    assert len([message for message in told if message.to == [alice.email]]) == 1
    for _ in range(2):
        _moderate(desk, model, "end_quarantine", pk)
    assert AuditEntry.objects.filter(action=f"{model}.end-quarantine").count() == 1


def test_what_a_moderator_hid_meanwhile_is_not_deprecated(
    hello: dict[str, Any], alice: Person
) -> None:
    tool = Tool.objects.get()
    Tool.objects.update(status=ToolStatus.QUARANTINED)
    with pytest.raises(Conflict, match="hidden"):
        release_actions.deprecate(by=User.objects.get(email=alice.email), tool=tool, reason="Old.")
    assert not AuditEntry.objects.filter(action="tool.deprecate").exists()


def test_a_quarantine_keeps_a_deprecation(
    hello: dict[str, Any], alice: Person, desk: Client
) -> None:
    assert_ok(alice.post(f"{TOOL}/deprecate", {"reason": "Old."}))
    tool = Tool.objects.get()
    _moderate(desk, "tool", "quarantine", tool.pk, "Spam.")
    _moderate(desk, "tool", "end_quarantine", tool.pk)
    tool.refresh_from_db()
    assert (tool.status, tool.deprecation) == (ToolStatus.DEPRECATED, "Old.")


def test_a_quarantine_needs_a_reason(hello: dict[str, Any], desk: Client) -> None:
    _moderate(desk, "tool", "quarantine", Tool.objects.get().pk)
    assert Tool.objects.get().status == ToolStatus.ACTIVE


def test_the_database_refuses_a_withdrawal_without_a_reason(hello: dict[str, Any]) -> None:
    changes: tuple[Callable[[], int], ...] = (
        lambda: Tool.objects.update(status=ToolStatus.DEPRECATED),
        lambda: Release.objects.update(quarantined_at=timezone.now()),
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize("verb", ["releases/1.1.0/delete", "deprecate", "undeprecate"])
def test_the_outsider_is_refused(
    hello: dict[str, Any], charlie: Person, visitor: Person, verb: str
) -> None:
    before = list(Release.objects.values()), list(Tool.objects.values())
    form = {"reason": "Mine now."}
    assert_problem(charlie.post(f"{TOOL}/{verb}", form), 403, "namespace_not_yours")
    assert visitor.post(f"{TOOL}/{verb}", form).status == 401
    assert (list(Release.objects.values()), list(Tool.objects.values())) == before


def test_who_is_no_moderator_does_not_reach_the_desk(hello: dict[str, Any], alice: Person) -> None:
    client = Client()
    client.force_login(
        User.objects.get(email=alice.email),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    form = {"action": "quarantine", "_selected_action": [Tool.objects.get().pk], "reason": "No."}
    assert client.post("/admin/catalog/tool/", form).status_code in (302, 403)
    assert Tool.objects.get().status == ToolStatus.ACTIVE
