"""A GET changes nothing in the database, whoever sends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.test import Client

from accounts.models import User
from bench.scale import counted
from catalog.models import Release
from tests.security.walk import addresses, filled, world
from tests.site.conftest import browse
from tests.support import Person
from tests.support.cast import email_of

__all__ = ["browse", "world"]

WRITES = re.compile(
    r"\s*(?:WITH\b.*\b)?(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE)\b", re.S | re.I
)
REGISTRY = ("/simple/", "/index/", "/files/")
#: (address, table) of the writes that a GET may cause, and why.
ALLOWED = {
    # When a token was last used, at most every ten minutes: its owner sees unknown use.
    ("/api/", "accounts_apitoken"),
    # The link in another account's mail signs out the account that is signed in.
    ("/accounts/confirm-email/", "django_session"),
    # The key moves from the address into the session, so that no Referer header shows it.
    ("/accounts/password/reset/key/", "django_session"),
}


@pytest.fixture
def paths(world: dict[str, str]) -> list[str]:
    """One path of each address, of the registry, and of the links that are sent by mail."""
    release = Release.objects.get(version="1.0.0")
    for user in User.objects.all():  # as signing up does
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    registry = [
        "/simple/", "/simple/demo-hello/", "/index/config.json", "/index/demo/hello.json",
        f"/{release.file_key}", f"/{release.file_key}.metadata",
    ]  # fmt: skip
    walked = [filled(address, world) for address in addresses()]
    searched = ["/search?q=hello", "/api/v1/search?q=hello", "/api/v1/tools?sort=downloads"]
    return [*walked, *searched, *registry, *_mailed()]


def _mailed() -> list[str]:
    """Links that confirm an address and that set a new password, with valid keys."""
    user = User.objects.get(email=email_of("charlie"))
    address = EmailAddress.objects.get(user=user)
    key = EmailConfirmationHMAC(address).key
    token = default_token_generator.make_token(user)
    return [
        f"/accounts/confirm-email/{key}/",
        f"/accounts/password/reset/key/{user_pk_to_url_str(user)}-{token}/",
    ]


def _written(paths: list[str], get: Callable[[str], Any]) -> Iterator[str]:
    for path in paths:
        with counted() as statements:
            get(path)
        for statement in statements:
            if WRITES.match(statement) and not _is_allowed(path, statement):
                yield f"{path}: {statement[:120]}"


def _is_allowed(path: str, statement: str) -> bool:
    return any(path.startswith(start) and f'"{table}"' in statement for start, table in ALLOWED)


@pytest.mark.parametrize("name", ["", "alice", "grace"], ids=["anonymous", "member", "staff"])
def test_no_page_writes_to_the_database_when_it_is_read(
    paths: list[str], browse: Callable[[str], Client], name: str
) -> None:
    client = browse(name) if name else Client()
    client.raise_request_exception = False
    pages = [path for path in paths if not path.startswith(REGISTRY)]
    assert list(_written(pages, client.get)) == []


@pytest.mark.parametrize("name", ["", "alice", "grace"], ids=["anonymous", "member", "staff"])
def test_no_api_answer_and_no_registry_file_writes_to_the_database_when_it_is_read(
    paths: list[str], cast: dict[str, Person], visitor: Person, name: str
) -> None:
    reader = cast[name] if name else visitor
    read = [path for path in paths if path.startswith(("/api/", *REGISTRY))]
    assert list(_written(read, reader.get)) == []


def test_the_recorder_sees_a_write(browse: Callable[[str], Client], world: dict[str, str]) -> None:
    with counted() as statements:
        browse("alice").post("/account/profile/", {"display_name": "Alice A."})
    assert any(WRITES.match(statement) for statement in statements)
