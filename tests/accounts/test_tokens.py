"""API tokens: their form, what is kept of them, what they may do, how they end."""

from __future__ import annotations

import datetime as dt
import string
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import actions
from accounts.models import ApiToken, Scope, User
from accounts.tokens import hash_token, is_well_formed, make_token
from core.errors import DomainError
from core.models import AuditEntry
from tests.support import Person, assert_ok, assert_problem
from tests.support.cast import email_of

BASE62 = string.digits + string.ascii_letters


def _user(name: str) -> User:
    return User.objects.get(email=email_of(name))


def test_a_token_has_our_prefix_and_38_characters() -> None:
    token = make_token()
    assert token.startswith("lmt_")
    assert len(token) == 42
    assert is_well_formed(token)


def test_no_two_tokens_are_alike() -> None:
    assert len({make_token() for _ in range(1000)}) == 1000


@given(st.integers(4, 41), st.sampled_from(BASE62))
def test_the_checksum_notices_every_single_slip(place: int, slip: str) -> None:
    token = make_token()
    changed = token[:place] + slip + token[place + 1 :]
    assert is_well_formed(changed) == (changed == token)


@given(st.text(max_size=50))
def test_what_is_no_token_is_not_taken_for_one(text: str) -> None:
    assert not is_well_formed(text)
    assert not is_well_formed(f"lmt_{text}\n")


def test_the_text_is_shown_once_and_never_stored(alice: Person) -> None:
    row, text = actions.issue_token(by=_user("alice"), name="ci", scopes=["publish"])
    stored = ApiToken.objects.filter(pk=row.pk).values().get()
    assert text not in str(stored)
    assert text[4:-4] not in str(stored)
    assert stored["hash"] == hash_token(text)
    assert stored["tail"] == text[-4:]
    assert not any(text in str(entry.data) for entry in AuditEntry.objects.all())


@pytest.mark.parametrize("scopes", [[], ["everything"], ["publish", "root"]])
def test_an_unknown_scope_is_refused(alice: Person, scopes: list[str]) -> None:
    with pytest.raises(DomainError) as refused:
        actions.issue_token(by=_user("alice"), name="ci", scopes=scopes)
    assert "publish" in refused.value.suggestion


def test_a_token_cannot_be_bound_to_somebody_elses_tool(charlie: Person) -> None:
    with pytest.raises(DomainError):
        actions.issue_token(by=_user("charlie"), name="x", scopes=["publish"], tools=["demo/hello"])


def test_whoami_says_who_and_with_what(alice: Person) -> None:
    said = assert_ok(alice.get("/api/v1/whoami"))
    assert said["email"] == alice.email
    assert said["namespaces"] == ["demo"]
    assert said["scopes"] == sorted(Scope.values)
    assert said["token"] == "alice"


def test_without_a_token_one_is_asked_for(visitor: Person) -> None:
    answer = visitor.get("/api/v1/whoami")
    assert_problem(answer, 401, "not_authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer lmt_tooshort",
        "Basic YTpi",
        "lmt_x",
        "B\xe4r",
    ],
)
def test_a_malformed_credential_is_refused_with_a_reason(visitor: Person, header: str) -> None:
    answer = visitor.with_headers(Authorization=header).get("/api/v1/whoami")
    assert_problem(answer, 401, "authentication_failed")


def test_another_kind_of_credential_is_told_which_kind_it_takes(visitor: Person) -> None:
    answer = visitor.with_headers(Authorization="Basic YTpi").get("/api/v1/whoami")
    assert "Authorization: Bearer" in answer.json()["suggestion"]


def test_a_well_formed_token_that_nobody_has_is_refused(visitor: Person) -> None:
    answer = visitor.with_token(make_token()).get("/api/v1/whoami")
    assert_problem(answer, 401, "authentication_failed")


def test_an_expired_token_says_when_it_ended(alice: Person) -> None:
    _, text = actions.issue_token(
        by=_user("alice"), name="old", scopes=["publish"], expires_in=dt.timedelta(seconds=-1)
    )
    refused = assert_problem(
        alice.with_token(text).get("/api/v1/whoami"), 401, "authentication_failed"
    )
    assert "expired" in refused["detail"]


def test_a_revoked_token_is_dead_at_once(alice: Person) -> None:
    row, text = actions.issue_token(by=_user("alice"), name="lost", scopes=["publish"])
    assert_ok(alice.with_token(text).get("/api/v1/whoami"))
    actions.revoke_token(by=_user("alice"), token=row)
    assert_problem(alice.with_token(text).get("/api/v1/whoami"), 401, "authentication_failed")


def test_nobody_revokes_another_persons_token(alice: Person, charlie: Person) -> None:
    row = ApiToken.objects.get(user=_user("alice"))
    actions.revoke_token(by=_user("charlie"), token=row)
    assert_ok(alice.get("/api/v1/whoami"))


def test_a_token_of_a_closed_account_is_refused(alice: Person) -> None:
    User.objects.filter(email=alice.email).update(is_active=False)
    assert_problem(alice.get("/api/v1/whoami"), 401, "authentication_failed")


def test_the_last_use_is_noted_but_not_with_every_request(alice: Person) -> None:
    alice.get("/api/v1/whoami")
    token = ApiToken.objects.get(user=_user("alice"))
    assert token.last_used_at is not None
    alice.get("/api/v1/whoami")
    assert ApiToken.objects.get(pk=token.pk).last_used_at == token.last_used_at


def test_issue_token_prints_a_token_and_nothing_else(alice: Person) -> None:
    out = StringIO()
    call_command("issue_token", alice.email.upper(), "--scope", "publish", stdout=out)
    text = out.getvalue().removesuffix("\n")
    assert is_well_formed(text)
    said = assert_ok(alice.with_token(text).get("/api/v1/whoami"))
    assert said["scopes"] == ["publish"]
    expires = dt.datetime.fromisoformat(said["expires_at"])
    assert dt.timedelta(days=89) < expires - timezone.now() <= dt.timedelta(days=90)


def test_issue_token_for_nobody_says_what_to_try(db: None) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("issue_token", "nobody@example.org", "--scope", "publish")
    assert "Sign up" in str(refused.value)


@pytest.mark.parametrize("days", ["-1", "0", "nan", "inf", "1e9"])
def test_the_operator_issues_no_token_that_is_over_or_never_ends(alice: Person, days: str) -> None:
    before = ApiToken.objects.count()
    with pytest.raises(CommandError, match="can't be valid for"):
        call_command("issue_token", alice.email, "--scope", "publish", f"--days={days}")
    assert ApiToken.objects.count() == before


def test_an_operator_revokes_the_tokens_of_a_user_from_the_terminal(
    alice: Person, bob: Person
) -> None:
    call_command("revoke_tokens", alice.email.upper(), verbosity=0)
    assert alice.get("/api/v1/whoami").status == 401
    assert bob.get("/api/v1/whoami").status == 200
    with pytest.raises(CommandError, match="has no matching token"):
        call_command("revoke_tokens", alice.email)
    call_command("revoke_tokens", bob.email, tail=bob.token[-4:])
    assert bob.get("/api/v1/whoami").status == 401
