"""The marketplace's own MCP server: what an agent is told, and what it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Tool, ToolStatus
from search import actions as indexing
from tests.support import Person, assert_ok
from tests.support.jobs import live_tool, run_jobs

HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json, text/event-stream",
}


def _ask(person: Person, method: str, params: dict[str, Any], path: str = "/mcp/") -> Any:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    answer = person.send("POST", path, headers=HEADERS, body=json.dumps(message).encode())
    return assert_ok(answer)["result"]


def _call(person: Person, function: str, **arguments: Any) -> Any:
    result = _ask(person, "tools/call", {"name": function, "arguments": arguments})
    assert not result["isError"], result
    return result["structuredContent"]


def _refused(person: Person, function: str, **arguments: Any) -> str:
    result = _ask(person, "tools/call", {"name": function, "arguments": arguments})
    assert result["isError"]
    return str(result["content"][0]["text"])


@pytest.fixture
def hello(alice: Person, tmp_path: Path, recorded_checks: None) -> None:
    live_tool(alice, tmp_path)


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
def test_a_stranger_sees_two_functions_that_only_read(visitor: Person, path: str) -> None:
    tools = _ask(visitor, "tools/list", {}, path)["tools"]
    assert [tool["name"] for tool in tools] == ["search_tools", "tool_details"]
    assert all(tool["annotations"]["readOnlyHint"] for tool in tools)
    assert all(tool["outputSchema"]["properties"] for tool in tools)


def test_an_agent_finds_a_tool_with_its_evidence(visitor: Person, hello: None) -> None:
    found = _call(visitor, "search_tools", query="hello", limit=3)
    assert found["total"] == 1
    (tool,) = found["tools"]
    shown = assert_ok(visitor.get("/api/v1/tools/demo/hello"))
    assert tool["tool"] == "demo/hello"
    assert tool["scores"] == shown["scores"]
    assert tool["install"] == shown["install"]


def test_an_agent_reads_how_a_tool_is_called(visitor: Person, hello: None) -> None:
    details = _call(visitor, "tool_details", tool="demo/hello")
    release = assert_ok(visitor.get("/api/v1/tools/demo/hello"))["release"]
    (function,) = details["functions"]
    assert function["input_schema"] == release["functions"][0]["input_schema"]
    assert function["output_schema"] == release["functions"][0]["output_schema"]
    assert details["permissions"] == release["permissions"]
    assert details["yanked"] is None


def test_a_yanked_release_says_so_with_its_reason(
    alice: Person, visitor: Person, hello: None
) -> None:
    assert_ok(alice.yank("demo/hello", "1.0.0", "It greets the wrong person."))
    run_jobs()
    details = _call(visitor, "tool_details", tool="demo/hello", version="1.0.0")
    assert details["yanked"] == "It greets the wrong person."


def test_what_is_hidden_was_never_there(
    visitor: Person, alice: Person, charlie: Person, hello: None
) -> None:
    Tool.objects.update(status=ToolStatus.QUARANTINED)
    indexing.index_tool(Tool.objects.get().pk)
    for person in (visitor, alice, charlie):
        hidden = _refused(person, "tool_details", tool="demo/hello")
        never = _refused(person, "tool_details", tool="demo/hallo")
        assert hidden == never.replace("hallo", "hello")
        assert _call(person, "search_tools", query="hello")["total"] == 0


@pytest.mark.parametrize(
    ("function", "arguments", "says"),
    [
        ("tool_details", {"tool": "demo/nothing"}, "There is no tool named demo/nothing"),
        ("tool_details", {"tool": "Not A Name"}, "is not a tool name"),
        ("tool_details", {"tool": "demo/hello\0"}, "is not a tool name"),
        ("tool_details", {"tool": "demo/hello", "version": "9.9.9"}, "has no release 9.9.9"),
        ("tool_details", {}, "Field required"),
        ("search_tools", {"query": "x", "category": "no"}, "There is no category 'no'"),
        ("search_tools", {"query": "x" * 401}, "the limit is 400"),
        ("search_tools", {"query": "x", "limit": 21}, "less than or equal to 20"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_why(
    visitor: Person, hello: None, function: str, arguments: dict[str, Any], says: str
) -> None:
    assert says in _refused(visitor, function, **arguments)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("accept", [HEADERS["Accept"], "text/event-stream"])
def test_there_is_no_stream_and_no_session(visitor: Person, method: str, accept: str) -> None:
    answer = visitor.send(method, "/mcp/", headers={**HEADERS, "Accept": accept})
    assert answer.status == 405
    assert answer.headers["allow"] == "POST, OPTIONS"


def test_what_is_not_sent_as_json_is_refused_in_plain_words(visitor: Person) -> None:
    answer = visitor.send(
        "POST", "/mcp/", headers={**HEADERS, "Content-Type": "text/plain"}, body=b"{}"
    )
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/plain")


def test_what_is_no_message_is_answered_in_the_protocol(visitor: Person) -> None:
    answer = visitor.send("POST", "/mcp/", headers=HEADERS, body=b'{"jsonrpc"')
    assert answer.status == 400
    assert answer.json()["error"]["code"] == -32700


def test_the_outsider_with_a_wrong_token_is_refused(visitor: Person) -> None:
    headers = {**HEADERS, "Authorization": "Bearer lmt_" + "x" * 38}
    answer = visitor.send("POST", "/mcp/", headers=headers, body=b"{}")
    assert answer.status == 401
    assert answer.json()["code"] == "authentication_failed"


def test_limits_hold_here_as_in_the_api(visitor: Person, settings: Any) -> None:
    settings.RATES = {**settings.RATES, "anon": "1/hour"}
    _ask(visitor, "tools/list", {})
    answer = visitor.send("POST", "/mcp/", headers=HEADERS, body=b"{}")
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
