"""Reviews: one for each person and tool, and an average that is always theirs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from catalog.models import Release, Tool
from core.models import AuditEntry
from reviews import actions
from reviews.models import Review
from tests.support import Person, assert_ok, assert_problem

ADDRESS = "/tools/demo/hello/reviews/"
API = "/api/v1/tools/demo/hello/reviews"


def rating() -> tuple[int, float | None]:
    """Count and average as the catalog has them."""
    tool = Tool.objects.get(name="hello")
    return tool.rating_count, tool.rating_average


def test_a_review_is_written_shown_changed_and_deleted(
    hello: Release, browse: Callable[[str], Client], visit: Client
) -> None:
    charlie = browse("charlie")
    written = charlie.post(ADDRESS, {"stars": "4", "text": "Greets well."})
    assert written.status_code == 302
    assert rating() == (1, 4.0)
    assert "Greets well." in visit.get(ADDRESS).content.decode()
    charlie.post(ADDRESS, {"stars": "2", "text": "Greets too loudly."})
    assert rating() == (1, 2.0)
    page = visit.get(ADDRESS).content.decode()
    assert "Greets well." not in page
    assert ", edited" in page
    charlie.post(f"{ADDRESS}delete/")
    assert rating() == (0, None)


def test_the_average_stands_on_card_api_and_page(
    hello: Release, charlie: Person, mallory: Person, visit: Client
) -> None:
    assert_ok(charlie.write("PUT", f"{API}/mine", {"stars": 5, "text": "Good."}))
    assert_ok(mallory.write("PUT", f"{API}/mine", {"stars": 2}))
    tool = Tool.objects.get(name="hello")
    assert tool.card["rating"] == 3.5
    assert tool.card["rating_count"] == 2
    assert visit.get("/api/v1/tools/demo/hello").json()["rating"] == 3.5
    assert ">3.5</p>" in visit.get(ADDRESS).content.decode()


def test_publishers_cannot_praise_their_own_tool(
    hello: Release, alice: Person, bob: Person, browse: Callable[[str], Client]
) -> None:
    for person in (alice, bob):
        assert_problem(person.write("PUT", f"{API}/mine", {"stars": 5}), 403, "own_tool")
    browse("bob").post(ADDRESS, {"stars": "5"})
    assert rating() == (0, None)
    assert "can’t review it" in browse("bob").get(ADDRESS).content.decode()


@pytest.mark.parametrize("stars", [0, 6, -1, "five", None, 3.5])
def test_stars_are_one_to_five(stars: Any, hello: Release, charlie: Person) -> None:
    assert charlie.write("PUT", f"{API}/mine", {"stars": stars}).status == 400
    assert rating() == (0, None)


def test_a_form_without_stars_says_so_beside_the_field(
    hello: Release, browse: Callable[[str], Client]
) -> None:
    answer = browse("charlie").post(ADDRESS, {"text": "No stars."})
    assert answer.status_code == 422
    assert "Choose one to five stars." in answer.content.decode()
    assert "No stars." in answer.content.decode()


def test_a_visitor_is_sent_to_sign_in(hello: Release, visit: Client) -> None:
    assert visit.post(ADDRESS, {"stars": "5"}).headers["Location"].startswith("/accounts/login/")
    assert rating() == (0, None)


def test_the_text_of_a_review_is_text(hello: Release, charlie: Person, visit: Client) -> None:
    charlie.write("PUT", f"{API}/mine", {"stars": 1, "text": "<img src=x onerror=alert(1)>"})
    assert "<img" not in visit.get(ADDRESS).content.decode()


def test_a_review_never_shows_an_address(hello: Release, charlie: Person, visit: Client) -> None:
    charlie.write("PUT", f"{API}/mine", {"stars": 3})
    assert "charlie@" not in visit.get(ADDRESS).content.decode()
    assert visit.get(API).json()["results"][0]["author"] == "charlie"


def test_the_api_lists_reads_and_deletes(hello: Release, charlie: Person) -> None:
    assert_problem(charlie.get(f"{API}/mine"), 404, "review_not_found")
    assert_ok(charlie.write("PUT", f"{API}/mine", {"stars": 4, "text": "Fine."}))
    assert assert_ok(charlie.get(f"{API}/mine"))["text"] == "Fine."
    assert len(assert_ok(charlie.get(API))["results"]) == 1
    assert charlie.write("DELETE", f"{API}/mine").status == 204
    assert_problem(charlie.write("DELETE", f"{API}/mine"), 404, "review_not_found")


def test_a_token_needs_the_scope(hello: Release, charlie: Person) -> None:
    from accounts.actions import issue_token

    user = User.objects.get(email=charlie.email)
    _, token = issue_token(by=user, name="reader", scopes=["read"])
    answer = charlie.with_token(token).write("PUT", f"{API}/mine", {"stars": 5})
    assert_problem(answer, 403, "permission_denied")


def test_the_change_and_its_audit_row_stand_or_fall_together(
    hello: Release, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("core.audit.record", fail)
    user = User.objects.get(email=charlie.email)
    tool = Tool.objects.get(name="hello")
    with pytest.raises(RuntimeError):
        actions.write_review(by=user, tool=tool, stars=5, text="")
    assert not Review.objects.exists()
    assert rating() == (0, None)
    assert not AuditEntry.objects.filter(action="review.write").exists()


def test_the_database_itself_refuses_a_second_review_and_a_sixth_star(
    hello: Release, charlie: Person
) -> None:
    user = User.objects.get(email=charlie.email)
    tool = Tool.objects.get(name="hello")
    Review.objects.create(tool=tool, user=user, stars=5)
    for values in ({"user": user, "stars": 4}, {"user": User.objects.first(), "stars": 6}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.create(tool=tool, **values)


@pytest.mark.django_db(transaction=True)
def test_reviews_at_the_same_moment_are_all_counted(own_folders: Any) -> None:
    from accounts.actions import create_namespace

    owner = User.objects.create_user("owner@example.org")
    namespace = create_namespace(by=owner, name="racing")
    tool = Tool.objects.create(
        namespace=namespace, name="car", distribution="racing-car", title="", summary="",
        category="web",
    )  # fmt: skip
    people = [User.objects.create_user(f"{n}@example.org") for n in range(8)]

    def write(user: User) -> None:
        try:
            actions.write_review(by=user, tool=tool, stars=1 + user.pk % 5, text="")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, people))
    tool.refresh_from_db()
    assert tool.rating_count == 8
    assert tool.rating_sum == sum(Review.objects.values_list("stars", flat=True))
