"""Tokens, namespaces and the profile, in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import ApiToken, Namespace, User
from accounts.tokens import hash_token

PAGES = ("/account/", "/account/profile/", "/account/tokens/", "/account/namespaces/")
TOKEN = {"name": "laptop", "scopes": ["publish"], "tools": "", "expires": "30"}


@pytest.mark.parametrize("path", PAGES)
def test_the_desk_is_for_those_who_signed_in(
    path: str, visit: Client, browse: Callable[[str], Client]
) -> None:
    assert visit.get(path).headers["Location"] == f"/accounts/login/?next={path}"
    assert browse("alice").get(path).status_code == 200


def test_a_new_token_is_shown_once(browse: Callable[[str], Client]) -> None:
    charlie = browse("charlie")
    sent = charlie.post("/account/tokens/", TOKEN)
    assert (sent.status_code, sent.headers["Location"]) == (302, "/account/tokens/")
    page = charlie.get("/account/tokens/")  # loading this again makes no second one
    assert "no-store" in page.headers["Cache-Control"]
    (secret,) = set(re.findall(r"lmt_[0-9A-Za-z]{38}", page.content.decode()))
    token = ApiToken.objects.get(hash=hash_token(secret))
    assert token.scopes == ["publish"]
    assert token.expires_at is not None
    again = charlie.get("/account/tokens/").content.decode()
    assert secret not in again
    assert f"…{secret[-4:]}" in again


def test_a_token_without_a_scope_is_refused_beside_the_field(
    browse: Callable[[str], Client],
) -> None:
    page = browse("charlie").post("/account/tokens/", {**TOKEN, "scopes": []})
    assert page.status_code == 422
    assert "Choose at least one permission" in page.content.decode()


def test_a_token_cannot_be_bound_to_somebody_elses_tool(browse: Callable[[str], Client]) -> None:
    before = ApiToken.objects.count()
    page = browse("charlie").post("/account/tokens/", {**TOKEN, "tools": "demo/hello"})
    assert page.status_code == 422
    assert ApiToken.objects.count() == before


def test_one_revokes_ones_own_tokens_and_nobody_elses(browse: Callable[[str], Client]) -> None:
    mine = ApiToken.objects.get(user__email="charlie@example.org")
    theirs = ApiToken.objects.get(user__email="alice@example.org")
    charlie = browse("charlie")
    assert charlie.post(f"/account/tokens/{theirs.pk}/revoke/").status_code == 404
    assert charlie.post(f"/account/tokens/{mine.pk}/revoke/").status_code == 302
    assert charlie.get(f"/account/tokens/{mine.pk}/revoke/").status_code == 405
    for token, live in ((mine, False), (theirs, True)):
        token.refresh_from_db()
        assert token.is_live is live


def test_a_namespace_is_made_and_listed(browse: Callable[[str], Client]) -> None:
    charlie = browse("charlie")
    assert charlie.post("/account/namespaces/", {"name": "charlietools"}).status_code == 302
    assert Namespace.objects.get(name="charlietools").user.email == "charlie@example.org"  # type: ignore[union-attr]
    assert "charlietools" in charlie.get("/account/namespaces/").content.decode()


@pytest.mark.parametrize("name", ["demo", "Django", "django", "a-b", "x", ""])
def test_a_namespace_that_cannot_be_is_refused_with_a_reason(
    name: str, browse: Callable[[str], Client]
) -> None:
    before = Namespace.objects.count()
    page = browse("charlie").post("/account/namespaces/", {"name": name})
    assert page.status_code == 422
    assert "field-error" in page.content.decode()
    assert Namespace.objects.count() == before


def test_the_shown_name_is_ones_own_choice(browse: Callable[[str], Client]) -> None:
    browse("charlie").post("/account/profile/", {"display_name": "  Charlie   the Tester "})
    assert User.objects.get(email="charlie@example.org").public_name == "Charlie the Tester"


def test_forms_need_their_csrf_token(browse: Callable[[str], Client]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browse("charlie").cookies
    for path in ("/account/tokens/", "/account/namespaces/", "/publish/"):
        assert strict.post(path, TOKEN).status_code == 403, path
