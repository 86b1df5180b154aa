"""A change, its audit row and its follow-ups stand together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts import actions as account_actions
from accounts import organizations
from accounts.models import ApiToken, Invitation, Membership, Namespace, Organization, User
from catalog.models import Release, Yank
from core.models import AuditEntry, Job
from publishing import actions, followups, release_actions
from publishing.models import Publication
from publishing.receive import receive
from publishing.uploads import Upload
from tests.package.wheels import build_wheel
from tests.site.releases import publish_without_checks
from tests.support import Person, assert_ok
from tests.support.cast import email_of

pytestmark = pytest.mark.usefixtures("recorded_checks")


class Broken(Exception):
    """The part that fails."""


def _user(name: str) -> User:
    return User.objects.get(email=email_of(name))


def _state() -> dict[str, Any]:
    """All rows that a verb may touch."""
    models = (
        Namespace,
        Organization,
        Membership,
        Invitation,
        ApiToken,
        Publication,
        Release,
        Yank,
        AuditEntry,
        Job,
    )
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def _receive(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, version="3.0.0")
    receive(by=_user("alice"), upload=Upload.from_path(wheel))


def _in_flight() -> Publication:
    return Publication.objects.select_related("namespace").get(version="2.0.0")


VERBS: dict[str, Callable[[Path], Any]] = {
    "make a namespace": lambda _: account_actions.create_namespace(by=_user("bob"), name="bobs"),
    "make an organization": lambda _: organizations.create_organization(
        by=_user("bob"), name="Bobs"
    ),
    "invite": lambda _: organizations.invite(
        by=_user("alice"), organization=Organization.objects.get(), email=email_of("mallory"),
        role="member",
    ),
    "accept an invitation": lambda _: organizations.accept(
        by=_user("charlie"), invitation=Invitation.objects.get(email=email_of("charlie"))
    ),
    "issue a token": lambda _: account_actions.issue_token(
        by=_user("bob"), name="ci", scopes=["publish"]
    ),
    "revoke a token": lambda _: account_actions.revoke_token(
        by=_user("bob"), token=ApiToken.objects.get(user=_user("bob"))
    ),
    "receive a wheel": _receive,
    "cancel": lambda _: actions.cancel(by=_user("alice"), publication=_in_flight()),
    "yank": lambda _: release_actions.yank(
        by=_user("alice"), release=Release.objects.get(version="1.0.0"), reason="Broken."
    ),
    "unyank": lambda _: release_actions.unyank(
        by=_user("alice"), release=Release.objects.get(version="1.1.0")
    ),
}  # fmt: skip


@pytest.fixture
def shop(alice: Person, tmp_path: Path) -> None:
    """1.0.0 live, 1.1.0 yanked, 2.0.0 in flight, Charlie invited."""
    publish_without_checks(tmp_path)
    publish_without_checks(tmp_path, version="1.1.0")
    assert_ok(alice.yank("demo/hello", "1.1.0"))
    assert_ok(alice.publish(build_wheel(tmp_path, version="2.0.0")), 202)
    organizations.invite(
        by=_user("alice"),
        organization=Organization.objects.get(),
        email=email_of("charlie"),
        role="member",
    )


def _break(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, *, late: bool) -> None:
    real = getattr(place, name)

    def broken(*args: Any, **kwargs: Any) -> None:
        if late:
            real(*args, **kwargs)
        raise Broken

    monkeypatch.setattr(place, name, broken)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_without_its_audit_row_nothing_changes(
    shop: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, late: bool
) -> None:
    from core import audit

    _break(monkeypatch, audit, "record", late=late)
    before = _state()
    with pytest.raises(Broken):
        VERBS[verb](tmp_path)
    assert _state() == before


@pytest.mark.parametrize("verb", ["yank", "unyank"])
def test_without_its_follow_ups_nothing_changes(
    shop: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    _break(monkeypatch, followups, "after_change", late=True)
    before = _state()
    with pytest.raises(Broken):
        VERBS[verb](tmp_path)
    assert _state() == before


@pytest.mark.parametrize("verb", VERBS)
def test_with_it_one_audit_row_tells_who(shop: None, tmp_path: Path, verb: str) -> None:
    before = AuditEntry.objects.count()
    VERBS[verb](tmp_path)
    entries = AuditEntry.objects.all()[: AuditEntry.objects.count() - before]
    assert len(entries) == 1
    assert entries[0].actor is not None
