"""A write with an Idempotency-Key happens once, however often it is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from accounts.models import Namespace
from core.models import RememberedAnswer
from tests.support import Answer, Person, assert_ok, assert_problem


def _make(person: Person, name: str, key: str) -> Answer:
    return person.with_headers(Idempotency_Key=key).post("/api/v1/namespaces", {"name": name})


def test_the_second_time_the_first_answer_comes_back(charlie: Person) -> None:
    first = _make(charlie, "mytools", "key-1")
    again = _make(charlie, "mytools", "key-1")
    assert_ok(first, 201)
    assert (again.status, again.json()) == (first.status, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert Namespace.objects.filter(name="mytools").count() == 1


def test_a_key_for_another_request_is_refused(charlie: Person) -> None:
    _make(charlie, "mytools", "key-1")
    assert_problem(_make(charlie, "other", "key-1"), 422, "idempotency_key_reused")
    assert not Namespace.objects.filter(name="other").exists()


def test_the_same_key_of_another_person_is_another_key(charlie: Person, mallory: Person) -> None:
    assert_ok(_make(charlie, "mytools", "key-1"), 201)
    assert_ok(_make(mallory, "hertools", "key-1"), 201)


def test_after_a_refusal_the_key_may_try_again(charlie: Person) -> None:
    assert_problem(_make(charlie, "lumos", "key-1"), 422, "namespace_refused")
    assert not RememberedAnswer.objects.exists()
    assert_problem(_make(charlie, "lumos", "key-1"), 422, "namespace_refused")
    assert_ok(_make(charlie, "better", "key-1"), 201)


def test_an_endless_key_is_refused(charlie: Person) -> None:
    assert_problem(_make(charlie, "mytools", "k" * 129), 422, "idempotency_key")


def test_what_an_older_version_left_without_an_answer_runs_again(charlie: Person) -> None:
    _make(charlie, "mytools", "key-1")
    Namespace.objects.filter(name="mytools").delete()  # as its transaction would have been
    RememberedAnswer.objects.update(status=None)
    assert_ok(_make(charlie, "mytools", "key-1"), 201)


def test_of_two_at_once_one_is_done_and_the_other_replays_or_waits(
    charlie: Person, transactional_db: None
) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _make_in_thread(charlie), range(4)))
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {201, 409}, answers
    assert 201 in statuses
    for answer in answers:
        if answer.status == 409:
            assert_problem(answer, 409, "request_in_progress")
    assert Namespace.objects.filter(name="mytools").count() == 1
    assert (
        sum("idempotency-replayed" not in one.headers for one in answers if one.status == 201) == 1
    )
    assert_ok(_make(charlie, "mytools", "key-1"), 201)


def _make_in_thread(person: Person) -> Answer:
    try:
        return _make(person, "mytools", "key-1")
    finally:
        connection.close()
