"""Cancel, appeal, moderate: how a publication ends that does not go live by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from core.errors import DomainError
from core.models import AuditEntry
from publishing import actions
from publishing.models import Publication
from publishing.moderation import decisions
from publishing.states import CHECKS, FREE_THE_VERSION, SETTLED, TRANSITIONS, State
from publishing.transitions import Superseded, move
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok, assert_problem
from tests.support.cast import email_of
from tests.support.jobs import live_tool, run_jobs, submit

pytestmark = pytest.mark.usefixtures("recorded_checks")

FAILING = """schema = 1
title = "Hello"
category = "utility"
permissions = []

[functions.hello]
entry = "demo_hello:hello"
read_only = true

[[functions.hello.examples]]
title = "One greeting"
input = { name = "Ada" }
output = { text = "Goodbye Ada" }
"""


@pytest.fixture
def rejected(alice: Person, tmp_path: Path) -> dict[str, Any]:
    """A publication of demo/hello 1.0.0 whose example fails."""
    ended = submit(alice, build_wheel(tmp_path, manifest=FAILING))
    assert ended["state"] == "rejected", ended
    return ended


def _row(document: dict[str, Any]) -> Publication:
    return Publication.objects.select_related("namespace").get(pk=document["id"])


def _user(name: str) -> User:
    return User.objects.get(email=email_of(name))


def test_a_cancelled_publication_stops_and_frees_its_version(
    alice: Person, bob: Person, tmp_path: Path
) -> None:
    begun = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    cancelled = assert_ok(bob.post(f"{begun['api_url']}/cancel"))
    assert cancelled["state"] == "cancelled"
    run_jobs()
    assert alice.publication(begun)["state"] == "cancelled"
    assert AuditEntry.objects.filter(action="publication.cancelled").count() == 1
    live_tool(alice, tmp_path, readme="# Other bytes\n")


def test_what_is_live_or_cancelled_cannot_be_cancelled(alice: Person, tmp_path: Path) -> None:
    ended = live_tool(alice, tmp_path)
    assert_problem(alice.post(f"{ended['api_url']}/cancel"), 409, "already_settled")
    begun = assert_ok(alice.publish(build_wheel(tmp_path, version="1.0.1")), 202)
    assert_ok(alice.post(f"{begun['api_url']}/cancel"))
    assert_problem(alice.post(f"{begun['api_url']}/cancel"), 409, "already_settled")


def test_a_rejection_is_mailed_with_its_reasons(rejected: dict[str, Any], alice: Person) -> None:
    (letter,) = mail.outbox
    assert letter.to == [alice.email]
    assert rejected["reasons"][0][:60] in letter.body.replace("\n", " ")


def test_an_appeal_holds_the_publication_and_its_version(
    rejected: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    assert rejected["appeal_url"] == f"{rejected['api_url']}/appeal"
    held = assert_ok(alice.post(rejected["appeal_url"], {"text": "It is polite to say goodbye."}))
    assert held["state"] == "held"
    assert "goodbye" in held["reasons"][-1]
    other = build_wheel(tmp_path, readme="# Other bytes\n")
    assert_problem(alice.publish(other), 409, "version_in_flight")


def test_an_appeal_needs_words(rejected: dict[str, Any], alice: Person) -> None:
    assert_problem(alice.post(rejected["appeal_url"], {}), 400, "invalid")
    assert alice.post(rejected["appeal_url"], {"text": " "}).status in (400, 422)


def test_an_appeal_comes_too_late_once_the_version_is_taken(
    rejected: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path)
    assert_problem(alice.post(rejected["appeal_url"], {"text": "Please."}), 409, "no_appeal")


def test_only_a_rejected_publication_can_be_appealed(alice: Person, tmp_path: Path) -> None:
    ended = live_tool(alice, tmp_path)
    answer = alice.post(f"{ended['api_url']}/appeal", {"text": "Please."})
    assert_problem(answer, 409, "no_appeal")


def test_a_moderator_sees_what_is_held_and_sends_it_through_again(
    rejected: dict[str, Any], alice: Person, grace: Person
) -> None:
    assert_ok(alice.post(rejected["appeal_url"], {"text": "Look again."}))
    assert_ok(grace.get(rejected["api_url"]))
    actions.check_again(by=_user("grace"), publication=_row(rejected))
    run_jobs()
    assert alice.publication(rejected)["state"] == "rejected"


def test_a_moderator_refuses_what_is_held(rejected: dict[str, Any], alice: Person) -> None:
    assert_ok(alice.post(rejected["appeal_url"], {"text": "Look again."}))
    decisions.reject(by=_user("grace"), publication=_row(rejected), reason="It is as it was.")
    ended = alice.publication(rejected)
    assert ended["state"] == "rejected"
    assert ended["reasons"][-1] == "It is as it was."


@pytest.mark.parametrize("name", ["alice", "charlie"])
def test_nobody_else_moderates(rejected: dict[str, Any], alice: Person, name: str) -> None:
    assert_ok(alice.post(rejected["appeal_url"], {"text": "Look again."}))
    for verb in (
        lambda: actions.check_again(by=_user(name), publication=_row(rejected)),
        lambda: decisions.reject(by=_user(name), publication=_row(rejected), reason="No."),
    ):
        with pytest.raises(DomainError):
            verb()


def test_a_bytes_change_in_the_store_is_noticed(
    alice: Person, tmp_path: Path, own_folders: Path
) -> None:
    begun = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    (stored,) = (path for path in (own_folders / "private").rglob("*.whl"))
    content = bytearray(stored.read_bytes())
    content[200] ^= 1
    stored.write_bytes(bytes(content))
    run_jobs()
    ended = alice.publication(begun)
    assert ended["state"] == "rejected"
    assert ended["findings"][0]["rule"] == "archive/damaged-in-store"


def test_every_state_can_be_reached_and_every_way_ends() -> None:
    reached, waiting = {State.RECEIVED}, [State.RECEIVED]
    while waiting:
        for following in TRANSITIONS[waiting.pop()]:
            if following not in reached:
                reached.add(following)
                waiting.append(following)
    assert reached == set(State) == set(TRANSITIONS)
    assert set(SETTLED) | set(CHECKS) | {State.RECEIVED} == set(State)
    assert State.PUBLISHED not in FREE_THE_VERSION
    assert TRANSITIONS[State.PUBLISHED] == ()


@pytest.mark.parametrize("source", list(State))
def test_no_way_leads_where_the_table_has_none(
    alice: Person, tmp_path: Path, source: State
) -> None:
    begun = assert_ok(alice.publish(build_wheel(tmp_path), dry_run="true"), 202)
    row = _row(begun)
    for target in set(State) - set(TRANSITIONS[source]):
        row.state = source
        with pytest.raises(Superseded):
            move(row, target)
    assert _row(begun).state == State.RECEIVED
