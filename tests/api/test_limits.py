"""Limits are told on every answer, and who exceeds one learns how long to wait."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import Person, assert_ok, assert_problem
from web import throttling


@pytest.fixture(autouse=True)
def _tight(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATES = {"anon": "3/min", "user": "5/min", "publish": "2/min"}
    stopped = throttling.now()
    monkeypatch.setattr(throttling, "now", lambda: stopped - stopped % 60)


def test_every_answer_tells_limit_and_rest(alice: Person) -> None:
    left = [
        alice.get("/api/v1/whoami").headers[f"ratelimit-{name}"]
        for name in ("limit", "remaining", "reset")
    ]
    assert left == ["5", "3", "60"]


def test_who_asks_too_often_waits(visitor: Person) -> None:
    for _ in range(3):
        assert_ok(visitor.get("/api/v1/tools"))
    refused = visitor.get("/api/v1/tools")
    assert_problem(refused, 429, "throttled")
    assert 0 < int(refused.headers["retry-after"]) <= 61
    assert refused.headers["ratelimit-remaining"] == "0"


def test_one_persons_haste_is_not_anothers_wait(alice: Person, bob: Person) -> None:
    for _ in range(6):
        alice.get("/api/v1/whoami")
    assert alice.get("/api/v1/whoami").status == 429
    assert_ok(bob.get("/api/v1/whoami"))


def test_uploads_have_a_limit_of_their_own(alice: Person) -> None:
    for _ in range(2):
        assert alice.publish(("x-1.0.0-py3-none-any.whl", b"no wheel")).status == 422
    refused = alice.publish(("x-1.0.0-py3-none-any.whl", b"no wheel"))
    assert_problem(refused, 429, "throttled")
    assert_ok(alice.get("/api/v1/whoami"))
