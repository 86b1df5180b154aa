"""A credential reaches what it was made for, and nothing beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts import actions, organizations
from accounts.models import Invitation, Organization, Role, User
from core.errors import DomainError
from publishing.models import Publication
from publishing.states import State
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok, assert_problem

VICTIM = "victim@example.org"
EVIL = "evil.example"


def _token(person: Person, **values: Any) -> Person:
    user = User.objects.get(email=person.email)
    return person.with_token(actions.issue_token(by=user, name="special", **values)[1])


def _user(name: str) -> User:
    return User.objects.get(email=f"{name}@example.org")


@pytest.fixture
def begun(alice: Person, tmp_path: Path) -> dict[str, Any]:
    """An upload of demo/hello that waits for its checks."""
    return assert_ok(alice.publish(build_wheel(tmp_path)), 202)  # type: ignore[no-any-return]


def test_a_token_without_a_reading_scope_sees_no_publication(
    alice: Person, begun: dict[str, Any]
) -> None:
    reviewer = _token(alice, scopes=["review"])
    assert_problem(reviewer.get(begun["api_url"]), 403, "permission_denied")
    assert_problem(reviewer.get("/api/v1/publications"), 403, "permission_denied")
    for scope in ("read", "publish"):
        assert_ok(_token(alice, scopes=[scope]).get(begun["api_url"]))


def test_a_bound_token_sees_only_its_tools(alice: Person, begun: dict[str, Any]) -> None:
    elsewhere = _token(alice, scopes=["publish"], tools=["demo/other"])
    assert_problem(elsewhere.get(begun["api_url"]), 404, "publication_not_found")
    assert assert_ok(elsewhere.get("/api/v1/publications"))["results"] == []
    for verb in ("cancel", "appeal"):
        answer = elsewhere.post(f"{begun['api_url']}/{verb}", {"text": "Please."})
        assert_problem(answer, 403, "token_bound_elsewhere")
    here = _token(alice, scopes=["publish"], tools=["demo/hello"])
    assert_ok(here.get(begun["api_url"]))
    assert_ok(here.post(f"{begun['api_url']}/cancel"))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/namespaces", {"name": "another"}),
        ("/api/v1/organizations", {"name": "Another"}),
        ("/api/v1/organizations/1/invitations", {"email": VICTIM}),
        ("/api/v1/organizations/1/accept", None),
    ],
)
def test_a_bound_token_does_nothing_for_the_account(
    alice: Person, path: str, body: dict[str, str] | None
) -> None:
    bound = _token(alice, scopes=["account", "publish"], tools=["demo/hello"])
    refused = assert_problem(bound.post(path, body), 403, "permission_denied")
    assert "limited to demo/hello" in refused["detail"]


def test_a_retried_upload_is_no_way_from_a_dry_run_to_a_release(
    alice: Person, tmp_path: Path
) -> None:
    wheel = build_wheel(tmp_path)
    assert_ok(alice.publish(wheel, key="once", dry_run="true"), 202)
    assert_problem(alice.publish(wheel, key="once"), 422, "idempotency_key_reused")
    assert_problem(alice.publish(wheel, key="k" * 129), 422, "idempotency_key")


def test_one_account_cannot_fill_the_queue_or_the_disk(
    alice: Person, tmp_path: Path, settings: Any
) -> None:
    settings.UPLOADS_IN_FLIGHT = 1
    assert_ok(alice.publish(build_wheel(tmp_path / "a")), 202)
    second = build_wheel(tmp_path / "b", version="1.0.1")
    assert_problem(alice.publish(second), 429, "too_many_in_flight")
    settings.UPLOADS_IN_FLIGHT, settings.UPLOAD_BYTES_KEPT = 100, second.stat().st_size
    assert_problem(alice.publish(second), 429, "too_much_kept")
    Publication.objects.update(state=State.CANCELLED)
    assert_ok(alice.publish(second), 202)


@pytest.mark.parametrize("name", ["Bank\nBcc: x@y.z", "a\u202eb", "Win: http://evil.example", "\n"])
def test_a_name_that_goes_into_mails_is_a_plain_line(alice: Person, name: str) -> None:
    try:
        made = organizations.create_organization(by=_user("alice"), name=name)
    except DomainError:
        return
    assert made.name == "Bank Bcc: x@y.z"


def test_invitations_are_no_way_to_mail_strangers_without_end(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organizations, "OPEN_INVITATIONS", 2)
    team, sent = Organization.objects.get(name="Demo"), []
    monkeypatch.setattr(organizations, "enqueue", lambda *args, **kwargs: sent.append(args))
    for number in (0, 0, 1, 1):
        organizations.invite(
            by=_user("alice"), organization=team, email=f"s{number}@example.org", role="member"
        )
    with pytest.raises(DomainError):
        organizations.invite(by=_user("alice"), organization=team, email=VICTIM, role="member")
    assert len(sent) == 2


def test_the_last_owner_cannot_become_less_by_accepting(alice: Person) -> None:
    team = Organization.objects.get(name="Demo")
    offered = Invitation.objects.create(organization=team, email=alice.email, role=Role.MEMBER)
    with pytest.raises(DomainError):
        organizations.accept(by=_user("alice"), invitation=offered)
    assert team.membership_set.get(user=_user("alice")).role == Role.OWNER


@pytest.mark.django_db
def test_no_mail_names_the_host_that_a_stranger_sent(own_folders: Path) -> None:
    browser = Client(headers={"Host": EVIL})
    form = {"email": VICTIM, "password1": "correct-horse-9", "password2": "correct-horse-9"}
    for path, data in (
        ("/accounts/signup/", form),
        ("/accounts/signup/", form),
        ("/accounts/password/reset/", {"email": VICTIM}),
        ("/accounts/password/reset/", {"email": "nobody@example.org"}),
    ):
        browser.post(path, data)
    assert len(mail.outbox) >= 3
    for message in mail.outbox:
        assert EVIL not in f"{message.subject}\n{message.body}", message.body


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "account", "no-view"]
)
def test_preferences_lead_nowhere_else_and_never_fail(own_folders: Path, target: str) -> None:
    answer = Client().post("/preferences/", {"next": target, "theme": "dark"})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
