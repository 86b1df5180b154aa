"""Who may publish, watch, yank: the owner and her team; the outsider is always refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from accounts import actions
from accounts.models import ApiToken, User
from catalog.models import Release, Tool, ToolStatus
from publishing.models import Publication
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok, assert_problem
from tests.support.jobs import live_tool

pytestmark = pytest.mark.usefixtures("recorded_checks")


def _token(person: Person, **values: Any) -> Person:
    user = User.objects.get(email=person.email)
    _, text = actions.issue_token(by=user, name="special", **values)
    return person.with_token(text)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return build_wheel(tmp_path)


@pytest.fixture
def hello(alice: Person, wheel: Path) -> dict[str, Any]:
    """demo/hello 1.0.0, live."""
    return live_tool(alice, wheel.parent)


def test_a_visitor_is_asked_for_a_token(visitor: Person, wheel: Path) -> None:
    assert_problem(visitor.publish(wheel), 401, "not_authenticated")


@pytest.mark.parametrize("name", ["charlie", "mallory", "dora", "grace"])
def test_an_outsider_publishes_nothing(cast: dict[str, Person], name: str, wheel: Path) -> None:
    assert_problem(cast[name].publish(wheel), 403, "namespace_not_yours")
    assert not Publication.objects.exists()


def test_a_token_without_the_scope(alice: Person, wheel: Path) -> None:
    reader = _token(alice, scopes=["read", "yank"])
    document = assert_problem(reader.publish(wheel), 403, "permission_denied")
    assert "'publish'" in document["detail"]
    assert "read, yank" in document["detail"]
    assert not Publication.objects.exists()


def test_an_expired_token(alice: Person, wheel: Path) -> None:
    late = _token(alice, scopes=["publish"], expires_in=dt.timedelta(seconds=-5))
    document = assert_problem(late.publish(wheel), 401, "authentication_failed")
    assert "expired" in document["detail"]


def test_a_revoked_token(alice: Person, wheel: Path) -> None:
    user = User.objects.get(email=alice.email)
    actions.revoke_token(by=user, token=ApiToken.objects.get(user=user))
    assert_problem(alice.publish(wheel), 401, "authentication_failed")


def test_a_malformed_token(alice: Person, wheel: Path) -> None:
    broken = alice.with_token(alice.token[:-1] + ("a" if alice.token[-1] != "a" else "b"))
    document = assert_problem(broken.publish(wheel), 401, "authentication_failed")
    assert "checksum" in document["detail"]


def test_a_token_that_is_bound_to_another_tool(alice: Person, wheel: Path) -> None:
    bound = _token(alice, scopes=["publish"], tools=["demo/other"])
    assert_problem(bound.publish(wheel), 403, "token_bound_elsewhere")
    assert not Publication.objects.exists()


def test_a_token_that_is_bound_to_this_tool(alice: Person, wheel: Path) -> None:
    assert_ok(_token(alice, scopes=["publish"], tools=["demo/hello"]).publish(wheel), 202)


def test_a_token_keeps_nobody_in_a_team_that_she_left(bob: Person, wheel: Path) -> None:
    User.objects.get(email=bob.email).memberships.all().delete()
    assert_problem(bob.publish(wheel), 403, "namespace_not_yours")


def test_an_outsider_cannot_see_a_publication(
    hello: dict[str, Any], charlie: Person, bob: Person, visitor: Person
) -> None:
    assert_problem(charlie.get(hello["api_url"]), 404, "publication_not_found")
    assert_problem(visitor.get(hello["api_url"]), 401, "not_authenticated")
    assert assert_ok(charlie.get("/api/v1/publications"))["results"] == []
    assert_ok(bob.get(hello["api_url"]))


@pytest.mark.parametrize("verb", ["cancel", "appeal"])
def test_an_outsider_can_neither_cancel_nor_appeal(
    hello: dict[str, Any], charlie: Person, verb: str
) -> None:
    answer = charlie.post(f"{hello['api_url']}/{verb}", {"text": "Please."})
    assert_problem(answer, 404, "publication_not_found")


@pytest.mark.parametrize("name", ["charlie", "mallory", "dora"])
def test_an_outsider_can_neither_yank_nor_unyank(
    hello: dict[str, Any], alice: Person, cast: dict[str, Person], name: str
) -> None:
    assert_problem(cast[name].yank("demo/hello", "1.0.0"), 403, "namespace_not_yours")
    assert_ok(alice.yank("demo/hello", "1.0.0"))
    assert_problem(cast[name].unyank("demo/hello", "1.0.0"), 403, "namespace_not_yours")


def test_a_publishing_token_cannot_yank(hello: dict[str, Any], alice: Person) -> None:
    publisher = _token(alice, scopes=["publish"])
    assert_problem(publisher.yank("demo/hello", "1.0.0"), 403, "permission_denied")


def test_a_token_bound_elsewhere_cannot_yank(hello: dict[str, Any], alice: Person) -> None:
    bound = _token(alice, scopes=["yank"], tools=["demo/other"])
    assert_problem(bound.yank("demo/hello", "1.0.0"), 403, "token_bound_elsewhere")
    assert_problem(bound.unyank("demo/hello", "1.0.0"), 403, "token_bound_elsewhere")


def test_a_token_bound_elsewhere_cannot_cancel(alice: Person, wheel: Path) -> None:
    begun = assert_ok(alice.publish(wheel), 202)
    bound = _token(alice, scopes=["publish"], tools=["demo/other"])
    assert_problem(bound.post(f"{begun['api_url']}/cancel"), 403, "token_bound_elsewhere")


@pytest.mark.parametrize("status", [ToolStatus.QUARANTINED, ToolStatus.DELETED])
def test_a_hidden_tool_is_not_there(
    hello: dict[str, Any], visitor: Person, status: ToolStatus
) -> None:
    Tool.objects.update(status=status)
    for path in ("", "/releases", "/releases/1.0.0"):
        assert_problem(visitor.get(f"/api/v1/tools/demo/hello{path}"), 404, "tool_not_found")
    assert assert_ok(visitor.get("/api/v1/tools"))["results"] == []
    assert visitor.get("/tools/demo/hello/").status == 404


def test_a_quarantined_release_is_not_there(
    hello: dict[str, Any], visitor: Person, alice: Person, wheel: Path
) -> None:
    from django.utils import timezone

    live_tool(alice, wheel.parent, version="1.0.1")
    Release.objects.filter(version="1.0.0").update(
        quarantined_at=timezone.now(), quarantine_reason="Spam"
    )
    path = "/api/v1/tools/demo/hello/releases"
    assert_problem(visitor.get(f"{path}/1.0.0"), 404, "release_not_found")
    assert [one["version"] for one in visitor.get(path).json()["results"]] == ["1.0.1"]


def test_a_scoped_token_of_the_session_kind_is_no_way_round_csrf(
    alice: Person, wheel: Path
) -> None:
    """Cookies are no credential for a write: the API answers 403 without the CSRF token."""
    from django.test import Client

    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get(email=alice.email))
    with wheel.open("rb") as stream:
        answer = careful.post("/api/v1/publications", {"wheel": stream})
    assert answer.status_code == 403
    assert not Publication.objects.exists()
