"""Namespaces: who makes one, who publishes in it."""

from __future__ import annotations

import pytest

from accounts import actions, organizations
from accounts.models import Namespace, Organization, Role, User
from accounts.policies import can_publish_in, check_publish_in
from core.errors import DomainError
from core.models import AuditEntry
from tests.support import Person, assert_ok, assert_problem
from tests.support.cast import NAMESPACE, email_of


def _user(name: str) -> User:
    return User.objects.get(email=email_of(name))


def test_a_person_makes_a_namespace_and_it_is_audited(charlie: Person) -> None:
    made = assert_ok(charlie.post("/api/v1/namespaces", {"name": "newtools"}), 201)
    assert made["name"] == "newtools"
    assert Namespace.objects.get(name="newtools").user == _user("charlie")
    entry = AuditEntry.objects.get(action="namespace.create", target="newtools")
    assert entry.actor == _user("charlie")
    names = [one["name"] for one in assert_ok(charlie.get("/api/v1/namespaces"))]
    assert names == ["charlie", "newtools"]


@pytest.mark.parametrize(
    "name", ["a", "Upper", "with-hyphen", "1digit", "x" * 40, "snake_case", ""]
)
def test_a_name_that_breaks_the_rules_is_refused(charlie: Person, name: str) -> None:
    answer = charlie.post("/api/v1/namespaces", {"name": name})
    assert answer.status in (400, 422)
    assert answer.json()["suggestion"]
    assert not Namespace.objects.filter(name=name).exists()


@pytest.mark.parametrize("name", ["lumos", "django", "google", "scikit", "admin", "api"])
def test_a_reserved_name_is_refused(charlie: Person, name: str) -> None:
    assert_problem(charlie.post("/api/v1/namespaces", {"name": name}), 422, "namespace_refused")


def test_a_taken_name_is_a_conflict(charlie: Person, alice: Person) -> None:
    assert_problem(charlie.post("/api/v1/namespaces", {"name": "demo"}), 409, "namespace_taken")


def test_nobody_hoards_namespaces(charlie: Person) -> None:
    for number in range(9):
        assert_ok(charlie.post("/api/v1/namespaces", {"name": f"hoard{number}"}), 201)
    refused = charlie.post("/api/v1/namespaces", {"name": "onemore"})
    assert_problem(refused, 403, "too_many_namespaces")


def test_a_visitor_makes_none(visitor: Person) -> None:
    assert_problem(visitor.post("/api/v1/namespaces", {"name": "mine"}), 401, "not_authenticated")


def test_a_token_needs_the_scope_for_it(alice: Person) -> None:
    _, text = actions.issue_token(by=_user("alice"), name="ci", scopes=["publish"])
    refused = assert_problem(
        alice.with_token(text).post("/api/v1/namespaces", {"name": "mine"}),
        403,
        "permission_denied",
    )
    assert "account" in refused["detail"]


@pytest.mark.parametrize(
    ("name", "may"),
    [("alice", True), ("bob", True), ("dora", False), ("charlie", False), ("grace", False)],
)
def test_owners_and_maintainers_publish_and_nobody_else(
    cast: dict[str, Person], name: str, may: bool
) -> None:
    assert can_publish_in(_user(name), Namespace.objects.get(name=NAMESPACE)) == may


def test_who_may_not_is_told_where_they_may(charlie: Person) -> None:
    with pytest.raises(DomainError) as refused:
        check_publish_in(_user("charlie"), NAMESPACE)
    assert "charlie" in refused.value.suggestion


def test_only_an_owner_adds_members(bob: Person, alice: Person) -> None:
    team = Organization.objects.get(name="Demo")
    email = _user("charlie").email
    with pytest.raises(DomainError):
        organizations.invite(by=_user("bob"), organization=team, email=email, role=Role.OWNER)
    invitation = organizations.invite(
        by=_user("alice"), organization=team, email=email, role=Role.MAINTAINER
    )
    organizations.accept(by=_user("charlie"), invitation=invitation)
    assert can_publish_in(_user("charlie"), Namespace.objects.get(name=NAMESPACE))


def test_only_an_owner_makes_the_teams_namespaces(cast: dict[str, Person]) -> None:
    team = Organization.objects.get(name="Demo")
    with pytest.raises(DomainError):
        actions.create_namespace(by=_user("charlie"), name="demotwo", organization=team)
    made = actions.create_namespace(by=_user("alice"), name="demotwo", organization=team)
    assert (made.user, made.organization) == (None, team)


def test_strangers_never_see_an_address(cast: dict[str, Person]) -> None:
    for user in User.objects.all():
        assert "@" not in user.public_name
