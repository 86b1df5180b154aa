"""The API answers as its committed description says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver
from jsonschema import Draft202012Validator

from tests.api.description import DESCRIPTION
from tests.package.wheels import build_wheel
from tests.support import Answer, Person, assert_ok, assert_problem
from tests.support.jobs import live_tool, run_jobs
from web.api import ApiView


def _assert_described(answer: Answer, path: str, method: str, status: str) -> None:
    responses = DESCRIPTION["paths"][path][method]["responses"]
    content = responses[status]["content"]
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in content, f"{method} {path} is described as {list(content)}, and is {kind}"
    schema = {**content[kind]["schema"], "components": DESCRIPTION["components"]}
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(answer.json())]
    assert errors == [], f"{method} {path}"
    undescribed = set(_undescribed(answer.json(), content[kind]["schema"]))
    assert undescribed == set(), f"{method} {path} answers with more than is described"


def _undescribed(value: Any, schema: dict[str, Any], where: str = "") -> Iterator[str]:
    """Fields that an object has and its described schema has not."""
    for part in map(_resolved, (schema, *schema.get("allOf", ()), *schema.get("oneOf", ()))):
        if isinstance(value, dict) and "properties" in part:
            for name, inner in value.items():
                if name not in part["properties"]:
                    yield f"{where}.{name}"
                else:
                    yield from _undescribed(inner, part["properties"][name], f"{where}.{name}")
        if isinstance(value, list) and "items" in part:
            for inner in value:
                yield from _undescribed(inner, part["items"], f"{where}[]")


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DESCRIPTION["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


@pytest.fixture
def shop(alice: Person, tmp_path: Path, recorded_checks: None) -> dict[str, Any]:
    """demo/hello 1.0.0 live, 1.1.0 live and yanked; demo/polite depends on it."""
    live_tool(alice, tmp_path)
    ended = live_tool(alice, tmp_path, version="1.1.0")
    assert_ok(alice.yank("demo/hello", "1.1.0", "It breaks."))
    live_tool(alice, tmp_path, tool="demo/polite", dependencies=["demo-hello>=1"])
    run_jobs()
    return ended


TOOL = "/api/v1/tools/{namespace}/{name}"
READS = {
    "/api/v1/tools": "/api/v1/tools",
    TOOL: "/api/v1/tools/demo/hello",
    f"{TOOL}/releases": "/api/v1/tools/demo/hello/releases",
    f"{TOOL}/releases/{{version}}": "/api/v1/tools/demo/polite/releases/1.0.0",
    f"{TOOL}/reviews": "/api/v1/tools/demo/hello/reviews",
    "/api/v1/search": "/api/v1/search?q=hello",
    "/api/v1/whoami": "/api/v1/whoami",
    "/api/v1/namespaces": "/api/v1/namespaces",
    "/api/v1/publications": "/api/v1/publications",
}


def test_every_read_answers_as_described(shop: dict[str, Any], alice: Person) -> None:
    for path, address in READS.items():
        answer = alice.get(address)
        assert_ok(answer)
        _assert_described(answer, path, "get", "200")
    detail = "/api/v1/publications/{publication_id}"
    _assert_described(alice.get(shop["api_url"]), detail, "get", "200")


def test_every_write_answers_as_described(
    shop: dict[str, Any], alice: Person, bob: Person, tmp_path: Path
) -> None:
    begun = alice.publish(build_wheel(tmp_path, version="1.2.0"))
    _assert_described(begun, "/api/v1/publications", "post", "202")
    at = begun.json()["api_url"]
    path = "/api/v1/publications/{publication_id}"
    _assert_described(alice.post(f"{at}/cancel"), f"{path}/cancel", "post", "200")
    release = f"{TOOL}/releases/{{version}}"
    _assert_described(alice.unyank("demo/hello", "1.1.0"), f"{release}/unyank", "post", "200")
    _assert_described(alice.yank("demo/hello", "1.1.0"), f"{release}/yank", "post", "200")
    made = alice.post("/api/v1/namespaces", {"name": "more"})
    _assert_described(made, "/api/v1/namespaces", "post", "201")
    mine = "/api/v1/tools/demo/hello/reviews/mine"
    review = bob.write("PUT", mine, {"stars": 4, "text": "Good."})
    if review.status == 200:
        _assert_described(review, f"{TOOL}/reviews/mine", "put", "200")


def test_every_problem_is_as_described(shop: dict[str, Any], alice: Person, tmp_path: Path) -> None:
    path = "/api/v1/publications"
    for answer in (
        alice.publish(("demo_hello-1.0.0-py3-none-any.whl", b"no zip")),
        alice.publish(build_wheel(tmp_path)),
        alice.publish(build_wheel(tmp_path), field="file"),
        alice.with_token("").publish(build_wheel(tmp_path)),
    ):
        assert answer.status >= 400
        schema = DESCRIPTION["paths"][path]["post"]["responses"]["default"]["content"]
        described = schema["application/problem+json"]["schema"]
        whole = {**described, "components": DESCRIPTION["components"]}
        assert not list(Draft202012Validator(whole).iter_errors(answer.json())), answer


#: What stands for the parts of an address, by their type or by their name.
FILLED = {
    "uuid": "7b0c7cf8-3b62-4d3c-a3f0-6c8f2a2f4a11", "id": "1", "namespace": "demo",
    "name": "hello", "version": "1.0.0",
}  # fmt: skip


def _addresses() -> Iterator[tuple[str, type[ApiView]]]:
    """Every address of the API, as ``/api/v1/tools/<slug:namespace>``, with its view."""

    def walk(patterns: Any, prefix: str) -> Iterator[tuple[str, type[ApiView]]]:
        for pattern in patterns:
            address = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, address)
            elif issubclass(getattr(pattern.callback, "view_class", object), ApiView):
                yield f"/{address}", pattern.callback.view_class

    # /mcp/ speaks a protocol of its own (test_agents.py)
    found = walk(get_resolver().url_patterns, "")
    yield from ((address, view) for address, view in found if address.startswith("/api/"))


def _writes() -> list[tuple[str, str, type[ApiView]]]:
    def fill(part: re.Match[str]) -> str:
        return FILLED.get(part[1]) or FILLED[part[2]]

    return [
        (method.upper(), re.sub(r"<(\w+):(\w+)>", fill, address), view)
        for address, view in _addresses()
        for method in ("post", "put", "patch", "delete")
        if hasattr(view, method)
    ]


def test_no_write_is_open_to_a_visitor(visitor: Person) -> None:
    writes = _writes()
    assert len(writes) >= 8
    for method, address, _ in writes:
        answer = visitor.write(method, address, {})
        assert_problem(answer, 401, "not_authenticated")


def test_every_write_needs_a_scope() -> None:
    missing = [
        f"{method} {address}" for method, address, view in _writes() if not view.scopes.get(method)
    ]
    assert missing == []


def test_a_token_without_any_other_scope_writes_nothing(alice: Person) -> None:
    from accounts import actions
    from accounts.models import User

    user = User.objects.get(email=alice.email)
    _, text = actions.issue_token(by=user, name="reader", scopes=["read"])
    reader = alice.with_token(text)
    for method, address, _ in _writes():
        assert_problem(reader.write(method, address, {}), 403, "permission_denied")


def test_every_address_is_described() -> None:
    named = {re.sub(r"<\w+:(\w+)>", r"{\1}", address) for address, _ in _addresses()}
    assert named == set(DESCRIPTION["paths"])
