"""The moderators' desk: what is held gets a case, moderators decide, publishers see why."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Namespace, User
from core.models import AuditEntry
from publishing.models import Case, Decision, Publication
from publishing.moderation.cases import median_time, place_of
from tests.package.wheels import build_wheel
from tests.publishing.test_undeclared_use import using
from tests.support import Person, assert_ok
from tests.support.cast import email_of
from tests.support.jobs import live_tool, run_jobs, submit
from tests.support.moderators import case_of, decide, desk_of

pytestmark = pytest.mark.usefixtures("recorded_checks")


@pytest.fixture
def held(alice: Person, tmp_path: Path) -> dict[str, Any]:
    """demo/hello 1.0.0, held because it uses a network that it does not declare."""
    ended = submit(alice, build_wheel(tmp_path, code=using("network")))
    assert ended["state"] == "held", ended
    return ended


def test_what_is_held_stands_in_the_queue_with_its_risk_explained(
    held: dict[str, Any], grace: Person
) -> None:
    browser = desk_of(grace)
    assert "demo/hello" in browser.get("/desk/").text
    case = case_of(held)
    assert 0 < case.risk <= 100
    assert sum(part["points"] for part in case.risk_parts) == case.risk
    page = browser.get(case.get_absolute_url()).text
    assert "New publisher, nothing released yet" in page
    assert "network:api.example.org" in page
    assert "urllib.request.urlopen" in page, "the source at the finding's line"
    assert "Held for review" in page


def test_others_see_neither_the_queue_nor_a_case(
    held: dict[str, Any], alice: Person, charlie: Person, visitor: Person
) -> None:
    address = case_of(held).get_absolute_url()
    for person in (alice, charlie):
        browser = desk_of(person)
        for path in ("/desk/", address, f"{address}source/"):
            assert browser.get(path).status_code == 403
        for verb in ("decide", "accept", "check-again"):
            assert browser.post(f"{address}{verb}/", {"verdict": "approve"}).status_code == 403
    assert visitor.get("/desk/").status == 302
    assert Publication.objects.get().state == "held"


def test_an_approval_needs_a_reason_and_lets_it_go_live(
    held: dict[str, Any], alice: Person, grace: Person
) -> None:
    browser = desk_of(grace)
    refused = decide(browser, held, "approve", reason=" ")
    assert (refused.status_code, "A reason is required." in refused.text) == (422, True)
    case = case_of(held)
    assert (
        decide(browser, held, "approve", "It asks the service it is made for.").status_code == 302
    )
    run_jobs()
    assert alice.publication(held)["state"] == "published"
    case.refresh_from_db()
    assert (case.outcome, case.closed_at is not None) == ("approved", True)
    entry = AuditEntry.objects.get(action="case.approve")
    assert (entry.actor.email, entry.data["reason"]) == (  # type: ignore[union-attr]
        grace.email,
        "It asks the service it is made for.",
    )


def test_a_chosen_reason_is_enough(held: dict[str, Any], alice: Person, grace: Person) -> None:
    form = {"verdict": "reject", "reason": "", "preset": "Its code can’t be reviewed."}
    desk_of(grace).post(f"{case_of(held).get_absolute_url()}decide/", form)
    assert alice.publication(held)["reasons"][-1] == "Its code can’t be reviewed."


def test_a_rejection_tells_the_publisher_who_can_appeal(
    held: dict[str, Any], alice: Person, grace: Person
) -> None:
    decide(desk_of(grace), held, "reject", "It must declare the host.")
    run_jobs()
    ended = alice.publication(held)
    assert (ended["state"], ended["reasons"][-1]) == ("rejected", "It must declare the host.")
    assert "It must declare the host." in desk_of(alice).get(held["url"]).text
    assert_ok(alice.post(ended["appeal_url"], {"text": "Only its tests use it."}))
    case = case_of(held)
    assert case.kind == "appeal"
    page = desk_of(grace).get(case.get_absolute_url()).text
    assert "Only its tests use it." in page
    assert "It must declare the host." in page, "the earlier decision"


def test_nobody_approves_their_own_upload(
    grace: Person, tmp_path: Path, cast: dict[str, Person]
) -> None:
    Namespace.objects.create(name="own", user=User.objects.get(email=grace.email))
    code = using("network").replace("demo_hello", "own_hello")
    ended = submit(grace, build_wheel(tmp_path, tool="own/hello", code=code))
    assert ended["state"] == "held", ended
    answer = decide(desk_of(grace), ended, "approve")
    assert answer.status_code == 403
    assert "You uploaded this publication" in answer.text
    assert Publication.objects.get().state == "held"


def test_two_moderators_must_approve_an_official_tool(
    held: dict[str, Any], alice: Person, grace: Person, bob: Person
) -> None:
    Namespace.objects.filter(name="demo").update(name="lumos")
    User.objects.filter(email=email_of("bob")).update(is_staff=True)
    first = desk_of(grace)
    assert "2 different moderators" in first.get(case_of(held).get_absolute_url()).text
    decide(first, held, "approve", "Read it.")
    assert Publication.objects.get().state == "held"
    assert decide(first, held, "approve", "Again.").status_code == 409, "the same person twice"
    assert Publication.objects.get().state == "held"
    assert decide(desk_of(bob), held, "approve", "Read it too.").status_code == 302
    assert Publication.objects.get().state == "validating"
    assert Decision.objects.filter(verdict="approve").count() == 2


def test_a_withdrawn_publication_leaves_the_queue_without_a_decision(
    held: dict[str, Any], alice: Person, grace: Person
) -> None:
    assert_ok(alice.post(f"{held['api_url']}/cancel"))
    assert not Case.objects.open().exists()
    assert Case.objects.get().outcome == "withdrawn"
    assert median_time() is None
    assert "Nothing waits for a decision" in desk_of(grace).get("/desk/").text


def test_a_dry_run_asks_nobody(alice: Person, tmp_path: Path) -> None:
    ended = submit(alice, build_wheel(tmp_path, code=using("network")), dry_run="true")
    assert ended["state"] == "held"
    assert not Case.objects.exists()


def test_overdue_cases_come_first_then_the_riskiest(
    held: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    other = submit(
        alice, build_wheel(tmp_path, version="2.0.0", code=using("network", "system-command"))
    )
    low, high = case_of(held), case_of(other)
    assert low.risk < high.risk
    assert list(Case.objects.open().in_order()) == [high, low]
    rows = {str(row.pk): row for row in Publication.objects.all()}
    assert place_of(rows[held["id"]]) == (2, 2)
    late = timezone.now() - dt.timedelta(hours=25)
    Case.objects.filter(pk=low.pk).update(opened_at=late)
    assert list(Case.objects.open().in_order()) == [low, high]
    assert place_of(rows[held["id"]]) == (1, 2)


def test_the_queue_can_be_filtered(held: dict[str, Any], grace: Person) -> None:
    browser = desk_of(grace)
    for query, shown in (
        ("?kind=held", True),
        ("?kind=appeal", False),
        ("?q=demo/he", True),
        ("?q=other", False),
        ("?show=closed", False),
        ("?kind=nonsense", True),
    ):
        assert ("demo/hello" in browser.get(f"/desk/{query}").text) is shown, query


def test_the_median_time_to_a_decision_is_a_figure(held: dict[str, Any], grace: Person) -> None:
    Case.objects.update(opened_at=timezone.now() - dt.timedelta(hours=6))
    decide(desk_of(grace), held, "reject", "No.")
    median = median_time()
    assert median is not None
    assert dt.timedelta(hours=5.9) < median < dt.timedelta(hours=6.1)
    assert "6.0 h" in desk_of(grace).get("/desk/").text


def test_the_difference_to_the_last_release_is_shown(
    alice: Person, grace: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path)
    ended = submit(alice, build_wheel(tmp_path, version="2.0.0", code=using("network")))
    page = desk_of(grace).get(case_of(ended).get_absolute_url()).text
    assert "Difference to 1.0.0" in page
    assert '<span class="code-line code-added">+' in page
    assert "demo_hello/__init__.py" in page


def test_the_source_of_every_file_can_be_read(held: dict[str, Any], grace: Person) -> None:
    browser = desk_of(grace)
    address = f"{case_of(held).get_absolute_url()}source/"
    assert "demo_hello/tool.toml" in browser.get(address).text
    page = browser.get(f"{address}?file=demo_hello/__init__.py&line=3").text
    assert 'data-line="3"' in page
    assert "code-mark" in page
    for odd in ("?file=../etc/passwd", "?file=nothing.py"):
        assert browser.get(address + odd).status_code == 404
    assert browser.get(f"{address}?file=demo_hello/__init__.py&line=x").status_code == 200


def test_a_publication_has_one_open_case(held: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(kind="held", publication_id=held["id"])


def test_the_decision_and_its_audit_row_share_a_transaction(
    held: dict[str, Any], grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core import audit

    def broken(**_: Any) -> None:
        raise RuntimeError("the audit log is full")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        decide(desk_of(grace), held, "approve")
    assert not Decision.objects.exists()
    assert Publication.objects.get().state == "held"
