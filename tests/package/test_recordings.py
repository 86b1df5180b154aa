"""Recorded HTTP: the form that the sandbox replays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lumos.package.manifest.recordings import InvalidRecording, parse_recording


def recording(request: dict[str, Any] | None = None, response: Any = None) -> str:
    pair = {
        "request": {"method": "GET", "path": "/find?q=a", **(request or {})},
        "response": {"status": 200, "body": "found"} if response is None else response,
    }
    return json.dumps([pair])


def test_a_recording_is_read() -> None:
    (exchange,) = parse_recording(
        recording(
            {"method": "POST", "headers": {"Accept": "text/plain"}, "body": "a=1"},
            {"status": 201, "headers": {"Content-Type": "text/plain"}, "body": "grün"},
        )
    )
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/find?q=a", 201)
    assert exchange.request_headers == {"accept": "text/plain"}
    assert exchange.request_body == "a=1"
    assert exchange.headers == {"content-type": "text/plain"}
    assert exchange.body == "grün".encode()


def test_bodies_may_be_base64_or_missing() -> None:
    (binary,) = parse_recording(recording(response={"status": 200, "body_base64": "AAEC"}))
    (empty,) = parse_recording(recording(response={"status": 204}))
    assert (binary.body, empty.body) == (b"\x00\x01\x02", b"")


def test_headers_that_frame_the_answer_are_left_to_the_server() -> None:
    headers = {"Content-Length": "999", "Transfer-Encoding": "chunked", "X-Kept": "1"}
    (exchange,) = parse_recording(recording(response={"status": 200, "headers": headers}))
    assert exchange.headers == {"x-kept": "1"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "[1]",
        '[{"request": {}}]',
        '[{"request": {}, "response": {}, "x": 1}]',
        json.dumps(json.loads(recording()) * 201),
        recording({"method": "BREW"}),
        recording({"method": "get"}),
        recording({"path": "find"}),
        recording({"path": "/a b"}),
        recording({"path": "http://a.invalid/"}),
        recording({"headers": {"a b": "c"}}),
        recording({"headers": {"a": 1}}),
        recording({"headers": {"a": "x\r\ny: z"}}),
        recording({"headers": []}),
        recording({"timeout": 1}),
        recording(response={"status": "200"}),
        recording(response={"status": 99}),
        recording(response={"status": True}),
        recording(response={"status": 200, "body": 1}),
        recording(response={"status": 200, "body": "", "body_base64": ""}),
        recording(response={"status": 200, "body_base64": "!"}),
        recording(response={"status": 200, "body_base64": 1}),
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(InvalidRecording):
        parse_recording(text)
