"""Every error of the API is one problem document that says what to try."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from tests.support import Person, assert_ok, assert_problem
from web import problems


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/tools", "/api/x/y"]
)
def test_an_unknown_address_is_a_problem_document(visitor: Person, path: str) -> None:
    assert_problem(visitor.get(path), 404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/tools/demo/nothing",
        "/api/v1/tools/demo/nothing/releases",
        "/api/v1/tools/demo/nothing/releases/1.0.0",
    ],
)
def test_an_unknown_tool_says_where_to_look(visitor: Person, path: str) -> None:
    assert "search" in assert_problem(visitor.get(path), 404, "tool_not_found")["suggestion"]


def test_a_wrong_method_is_a_problem_document(visitor: Person) -> None:
    answer = visitor.write("DELETE", "/api/v1/whoami")
    assert answer.status in (401, 405)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_on_an_open_address_names_what_is_allowed(alice: Person) -> None:
    answer = alice.write("DELETE", "/api/v1/tools")
    assert_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("body", [b"{", b"[1,", b"\xff\xfe", b"nul"])
def test_json_that_is_none_is_a_problem_document(alice: Person, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = alice.send("POST", "/api/v1/namespaces", headers=headers, body=body)
    assert_problem(answer, 400, "parse_error")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"[{}]"])
def test_json_of_another_shape_is_a_problem_document(alice: Person, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "a"}
    for sent in (headers, {"Content-Type": "application/json"}):
        answer = alice.send("POST", "/api/v1/namespaces", headers=sent, body=body)
        assert_problem(answer, 400, "invalid")


def test_deeply_nested_json_breaks_nothing(alice: Person) -> None:
    body = b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    headers = {"Content-Type": "application/json"}
    answer = alice.send("POST", "/api/v1/namespaces", headers=headers, body=body)
    assert_problem(answer, 400, "parse_error")


def test_a_body_of_another_type_is_refused(alice: Person) -> None:
    answer = alice.send(
        "POST", "/api/v1/namespaces", headers={"Content-Type": "text/xml"}, body=b"<name/>"
    )
    assert_problem(answer, 415, "unsupported_media_type")


def test_a_missing_field_is_named(alice: Person) -> None:
    document = assert_problem(alice.post("/api/v1/namespaces", {}), 400, "invalid")
    assert "name" in document["errors"]


def test_a_body_without_end_is_refused(alice: Person) -> None:
    body = b'{"name": "' + b"x" * 3_000_000 + b'"}'
    answer = alice.send(
        "POST", "/api/v1/namespaces", headers={"Content-Type": "application/json"}, body=body
    )
    assert_problem(answer, 413, "too_large")


def test_a_fault_of_ours_says_so_and_gives_the_request_id() -> None:
    request = RequestFactory().get("/api/v1/tools")
    request.request_id = "abc"  # type: ignore[attr-defined]
    response = problems.server_error(request)
    assert response.status_code == 500
    assert b'"request_id":"abc"' in response.content


@pytest.mark.parametrize("path", ["/api/v1/tools", "/api/v1/nothing", "/healthz", "/index/x.json"])
def test_every_answer_carries_the_headers_of_a_careful_site(visitor: Person, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"]
    assert headers["permissions-policy"]


def test_a_request_has_an_id_and_a_proxys_id_is_kept(visitor: Person) -> None:
    assert len(visitor.get("/api/v1/tools").headers["x-request-id"]) == 32
    given = visitor.with_headers(X_Request_Id="from-the-proxy-1").get("/api/v1/tools")
    assert given.headers["x-request-id"] == "from-the-proxy-1"


@pytest.mark.parametrize(
    "sent", ["short", "x" * 65, "with space in it", "<script>alert(1)</script>"]
)
def test_a_request_id_that_is_none_is_replaced(visitor: Person, sent: str) -> None:
    answer = visitor.with_headers(X_Request_Id=sent).get("/api/v1/tools")
    assert answer.headers["x-request-id"] != sent


SECRET = "ghp_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
QUOTING = {
    "category": f"/api/v1/search?category={SECRET}",
    "sort": f"/api/v1/search?sort={SECRET}",
    "cursor": f"/api/v1/tools?cursor={SECRET}",
    "size": f"/api/v1/tools?size={SECRET}",
    "an unknown parameter": f"/api/v1/tools?q={SECRET}",
    "a name of a parameter": f"/api/v1/tools?{SECRET}=1",
    "a tool": f"/api/v1/tools/demo/{SECRET}",
    "a path": f"/api/v1/{SECRET}",
}


@pytest.mark.parametrize("path", QUOTING.values(), ids=QUOTING)
def test_no_member_of_a_problem_document_quotes_a_secret(visitor: Person, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status >= 400
    assert SECRET[:12] not in answer.text


def test_a_refused_field_does_not_quote_a_secret(alice: Person) -> None:
    made = assert_ok(alice.post("/api/v1/organizations", {"name": "Acme"}), 201)
    invitation = {"email": "bob@example.org", "role": SECRET}
    answer = alice.post(f"/api/v1/organizations/{made['id']}/invitations", invitation)
    assert "role" in assert_problem(answer, 400, "invalid")["errors"]
    assert SECRET[:12] not in answer.text
