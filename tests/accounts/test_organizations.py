"""Organizations: who makes one, who is invited, who publishes for it, who is kept out."""

from __future__ import annotations

from django.core import mail

from accounts.models import Invitation, Membership, Organization, User
from tests.support import Person, assert_ok, assert_problem
from tests.support.cast import email_of
from tests.support.jobs import work_off


def _made(by: Person, name: str = "Acme") -> int:
    made = assert_ok(by.post("/api/v1/organizations", {"name": name}), 201)
    return int(made["id"])


def _invite(by: Person, organization: int, whom: str, role: str = "maintainer") -> None:
    address = f"/api/v1/organizations/{organization}/invitations"
    assert_ok(by.post(address, {"email": email_of(whom), "role": role}), 202)


def test_a_person_makes_an_organization_and_a_namespace_for_it(charlie: Person) -> None:
    organization = _made(charlie)
    body = {"name": "acmetools", "organization": organization}
    assert_ok(charlie.post("/api/v1/namespaces", body), 201)
    [mine] = assert_ok(charlie.get("/api/v1/organizations"))
    assert (mine["role"], mine["namespaces"]) == ("owner", ["acmetools"])


def test_an_invited_person_accepts_and_may_publish(charlie: Person, bob: Person) -> None:
    organization = _made(charlie)
    body = {"name": "acmetools", "organization": organization}
    assert_ok(charlie.post("/api/v1/namespaces", body), 201)
    _invite(charlie, organization, "bob")
    work_off()
    assert mail.outbox[-1].to == [email_of("bob")]
    assert "acmetools" not in assert_ok(bob.get("/api/v1/whoami"))["namespaces"]
    joined = assert_ok(bob.post(f"/api/v1/organizations/{organization}/accept"))
    assert joined["role"] == "maintainer"
    assert "acmetools" in assert_ok(bob.get("/api/v1/whoami"))["namespaces"]
    assert not Invitation.objects.exists()


def test_inviting_tells_nothing_about_accounts(charlie: Person) -> None:
    organization = _made(charlie)
    address = f"/api/v1/organizations/{organization}/invitations"
    known = charlie.post(address, {"email": email_of("alice"), "role": "member"})
    unknown = charlie.post(address, {"email": "nobody@example.com", "role": "member"})
    assert known.status == unknown.status == 202


def test_the_outsider_learns_nothing_and_changes_nothing(alice: Person, charlie: Person) -> None:
    organization = _made(alice)
    _invite(alice, organization, "bob")
    base = f"/api/v1/organizations/{organization}"
    body = {"email": email_of("charlie"), "role": "owner"}
    assert_problem(charlie.post(f"{base}/invitations", body), 404, "organization_not_found")
    assert_problem(charlie.post(f"{base}/accept"), 404, "organization_not_found")
    owner = User.objects.get(email=email_of("alice")).pk
    refused = charlie.write("DELETE", f"{base}/members/{owner}")
    assert_problem(refused, 404, "organization_not_found")
    taken = charlie.post("/api/v1/namespaces", {"name": "acme2", "organization": organization})
    assert_problem(taken, 404, "organization_not_found")


def test_a_maintainer_neither_invites_nor_removes(alice: Person, bob: Person) -> None:
    organization = _made(alice)
    _invite(alice, organization, "bob")
    assert_ok(bob.post(f"/api/v1/organizations/{organization}/accept"))
    base = f"/api/v1/organizations/{organization}"
    body = {"email": "friend@example.com", "role": "owner"}
    assert_problem(bob.post(f"{base}/invitations", body), 403, "not_an_owner")
    owner = User.objects.get(email=email_of("alice")).pk
    assert_problem(bob.write("DELETE", f"{base}/members/{owner}"), 403, "not_an_owner")


def test_a_member_leaves_and_the_last_owner_stays(alice: Person, bob: Person) -> None:
    organization = _made(alice)
    _invite(alice, organization, "bob")
    assert_ok(bob.post(f"/api/v1/organizations/{organization}/accept"))
    base = f"/api/v1/organizations/{organization}/members"
    people = {email: User.objects.get(email=email_of(email)).pk for email in ("alice", "bob")}
    assert bob.write("DELETE", f"{base}/{people['bob']}").status == 204
    assert_problem(alice.write("DELETE", f"{base}/{people['alice']}"), 409, "last_owner")
    assert Membership.objects.filter(organization_id=organization).count() == 1


def test_a_name_is_taken_once(alice: Person, charlie: Person) -> None:
    _made(alice, "Acme")
    refused = charlie.post("/api/v1/organizations", {"name": "Acme"})
    assert_problem(refused, 409, "organization_taken")
    assert Organization.objects.filter(name="Acme").count() == 1


def test_a_visitor_makes_none(visitor: Person) -> None:
    assert_problem(
        visitor.post("/api/v1/organizations", {"name": "Acme"}), 401, "not_authenticated"
    )
