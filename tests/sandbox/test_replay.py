"""Recorded answers of web services inside a sandbox without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import ExampleRun, fill
from sandbox.replay import RecordingInvalid, parse_recordings
from tests.sandbox.support import by_name, copied, left_running, run

pytestmark = pytest.mark.sandbox


def pair(method: str, path: str, answer: Any = "ok", status: int = 200, **request: Any) -> Any:
    return {
        "request": {"method": method, "path": path, **request},
        "response": {"status": status, "headers": {"X-A": "b"}, "body": answer},
    }


def recorded(title: str, function: str, http: list[Any], **arguments: Any) -> ExampleRun:
    return ExampleRun(function, title, arguments, http=http)


@pytest.fixture(scope="module")
def good(sandbox: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    package = copied("good", tmp_path_factory.mktemp("tools"))
    yield package
    assert left_running(package) == []


@pytest.fixture(scope="module")
def found(good: Path) -> dict[str, Any]:
    examples = [
        recorded("get", "fetch", [pair("GET", "/a", "hello")], url="{http}/a"),
        recorded("query", "fetch", [pair("GET", "/a?x=1&y=2")], url="{http}/a?y=2&x=1"),
        recorded(
            "body",
            "fetch",
            [pair("POST", "/a", {"id": 1}, 201, body={"k": [1]}, headers={"x-key": "k"})],
            url="{http}/a",
            method="POST",
            body='{"k":  [1]}',
        ),
        recorded("status", "fetch", [pair("GET", "/a", "gone", 410)], url="{http}/a"),
        recorded("unmatched", "fetch", [pair("GET", "/a")], url="{http}/b?c=d"),
        recorded(
            "other header",
            "fetch",
            [pair("GET", "/a", headers={"X-Key": "other"})],
            url="{http}/a",
        ),
        recorded(
            "sequence",
            "fetch_twice",
            [pair("GET", "/a", "first"), pair("GET", "/a", "second")],
            url="{http}/a",
        ),
        recorded(
            "binary",
            "fetch",
            [
                {
                    "request": {"method": "GET", "path": "https://api.example.org/a"},
                    "response": {"status": 200, "body_base64": "aGVsbG8="},
                }
            ],
            url="{http}/a",
        ),
        recorded("chunks", "keep_alive", [pair("POST", "/a", body="12")], host="{http}"),
        recorded("flood", "flood", [pair("GET", "/a")], host="{http}"),
        recorded("bad", "fetch", [{"request": {}}], url="{http}/a"),
        ExampleRun("fetch", "no recording", {"url": "{http}/a"}),
    ]
    return by_name(run(good, "acme_good", examples, repeats=1))


def test_a_recorded_answer_is_given(found: dict[str, Any]) -> None:
    assert found["get"].value == {"status": 200, "body": "hello"}
    assert (found["get"].http_requests, found["get"].http_unmatched) == (1, [])
    assert found["get"].consistent
    assert found["binary"].value["body"] == "hello"


def test_query_body_headers_and_status_count(found: dict[str, Any]) -> None:
    assert found["query"].value["status"] == 200
    assert found["body"].value == {"status": 201, "body": '{"id": 1}'}
    assert found["status"].value == {"status": 410, "body": "gone"}
    assert found["other header"].value["status"] == 501


def test_what_is_not_recorded_is_answered_501_and_reported(found: dict[str, Any]) -> None:
    answer = found["unmatched"]
    assert answer.value["status"] == 501
    assert "No response is recorded for GET /b?c=d" in answer.value["body"]
    assert answer.http_unmatched == ["GET /b?c=d"]
    assert "which the recording does not contain" in answer.violations[0]


def test_the_same_request_twice_is_answered_in_order(found: dict[str, Any]) -> None:
    assert found["sequence"].value == ["first", "second", "second"]


def test_a_client_that_keeps_its_connection_or_breaks_the_protocol_is_served(
    found: dict[str, Any],
) -> None:
    assert found["chunks"].value == [200, 200, 200]
    assert found["flood"].outcome in ("returned", "raised")


def test_a_recording_that_cannot_be_read_names_its_number(found: dict[str, Any]) -> None:
    assert found["bad"].outcome == "could not start"
    assert found["bad"].message.startswith("Recording 1 cannot be read")


def test_without_a_recording_nothing_is_filled_in(found: dict[str, Any]) -> None:
    assert found["no recording"].outcome == "raised"


@pytest.mark.parametrize(
    "recording",
    [
        {},
        [1],
        [{"request": {"method": "GET", "path": "/"}, "response": {"status": "x"}}],
        [
            {
                "request": {"method": "GET", "path": "/"},
                "response": {"status": 200, "body_base64": "?"},
            }
        ],
        [{"request": {"method": "GET", "path": "http://[x"}, "response": {"status": 200}}],
    ],
)
def test_a_wrong_recording_is_refused(recording: Any) -> None:
    with pytest.raises(RecordingInvalid):
        parse_recordings(recording)


def test_the_placeholder_is_filled_everywhere() -> None:
    filled = fill({"a": ["{http}/x", 1], "b": {"c": "y{http}"}})
    assert filled == {"a": ["http://127.0.0.1:8080/x", 1], "b": {"c": "yhttp://127.0.0.1:8080"}}
