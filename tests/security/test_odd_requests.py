"""Requests that no client of ours sends are answered, and never with a fault of ours."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import transaction

from registry.conditions import requested_span
from tests import environment
from tests.site.releases import publish_without_checks
from tests.support import Answer, Person, assert_problem
from tests.support.cast import PASSWORD

ODD = [
    "%00", "a%00b", "%ff%fe", "%ed%a0%80", "9" * 30, "-1", "9" * 5000, "%F0%9F%92%A9", "'",
    "x" * 20_000, "%2e%2e%2f", "%0d%0aX:1", "1e400", "NaN", "%E2%80%AE", "%C2%B2", "+2AA-",
]  # fmt: skip
TIMES = ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-01-01T00:00:00", "x" * 999]
VALUES = [*TIMES, 1.5, 1e300, 1e308, -5, 2**64 - 1, "a\0", None, [], {}, True]
READS = [
    "/", "/search", "/tools/", "/tools/demo/hello/", "/tools/demo/hello/versions/",
    "/tools/demo/hello/reviews/", "/publishers/demo/", "/account/", "/account/tokens/", "/docs/",
    "/accounts/login/", "/accounts/signup/", "/admin/login/", "/sitemap.xml", "/api/schema/",
    "/api/docs/", "/api/v1/tools", "/api/v1/search", "/api/v1/tools/demo/hello/releases",
    "/api/v1/tools/demo/hello/reviews", "/api/v1/whoami", "/api/v1/publications", "/simple/",
]  # fmt: skip
PARTS = [
    "/api/v1/tools/{}/hello", "/api/v1/tools/demo/{}", "/api/v1/tools/demo/hello/releases/{}",
    "/api/v1/organizations/{}/accept", "/api/v1/publications/{}", "/tools/demo/{}/", "/tools/{}/",
    "/tools/demo/hello/{}/", "/publishers/{}/", "/docs/{}/", "/docs/rules/a/{}", "/simple/{}/",
    "/publications/{}/", "/account/tokens/{}/revoke/", "/accounts/confirm-email/{}/",
    "/accounts/password/reset/key/{}-x/", "/accounts/password/reset/key/zzzzzzzzzzzzz-{}/",
    "/index/{}", "/index/demo/{}", "/files/{}", "/static/{}", "/{}",
]  # fmt: skip
NAMES = ["q", "category", "namespace", "sort", "cursor", "page", "size", "next", "format"]
HEADERS = {
    "Cookie": [
        'sessionid="\\000aaaaaaaaaa"', 'csrftoken="\\000"; messages="\\000x"', "messages=xx:yy",
        "sessionid=\xff\xfe\xff\xff\xff\xff\xff\xff\xff", "x" * 70_000, ";;;,,,=",
    ],
    "Content-Type": [
        "text/html; charset=hex", "text/html; charset=utf-7", "text/html; charset*=foo''x",
        "text/html; charset=\xff", "multipart/form-data", "multipart/form-data; boundary=\xff", ";",
    ],
    "Authorization": ["Basic \xff", "Bearer \xff", "Bearer", "Bearer " + "x" * 70_000],
    "Accept": ["text/html;q=nan", "a/b;q=1e999", "\xff", "*" * 9999],
    "If-Modified-Since": ["Fri, 31 Dec 9999 23:59:59 -2359", "x"],
    "If-None-Match": ['W/"', "\xff"],
    "Accept-Encoding": ["gzip;q=", "\xff" * 9999],
    "Range": ["bytes=0-1,5-6", "bytes=" + "9" * 5000 + "-"],
    "Host": ["[::1", "a:b:c", "\xff", ""],
    "Content-Length": ["-1", "x", "9" * 5000],
    "X-Forwarded-For": ["\xff,,"],
    "X-Request-Id": ["\xff"],
    "Referer": ["http://[", "\xff"],
    "Origin": ["http://[", "null", "\xff"],
    "Idempotency-Key": ["x" * 9999, "\xff"],
}  # fmt: skip


@pytest.fixture
def shop(alice: Person, tmp_path: Path) -> Person:
    """Alice, whose demo/hello is live."""
    publish_without_checks(tmp_path)
    return alice


def _send(person: Person, method: str, path: str, **more: Any) -> Answer:
    """Whatever the database refused is undone, so that the next request finds it whole."""
    with transaction.atomic():
        answer = person.send(method, path, **more)
    assert answer.status < 500, f"{method} {path[:200]} {more}: {answer}"
    if answer.status >= 400 and path.startswith("/api/"):
        assert_problem(answer, answer.status, "…")
    return answer


def _pairs(ones: Sequence[str], others: Sequence[str]) -> list[tuple[str, str]]:
    """Every one with every other in `make test-all`; else each one with a third of the others.

    Neighbors get different thirds, so that none is left out.
    """
    step = 1 if environment.everything() else 3
    return [(one, other) for n, one in enumerate(ones) for other in others[n % step :: step]]


def _cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


@pytest.mark.parametrize("who", ["visitor", "shop"])
def test_odd_addresses_are_answered(who: str, request: pytest.FixtureRequest, shop: Person) -> None:
    person = request.getfixturevalue(who)
    for odd, path in _pairs(ODD, READS):
        _send(person, "GET", path + "?" + "&".join(f"{name}={odd}" for name in NAMES))
    for odd, path in _pairs(ODD, PARTS):
        _send(person, "GET", path.format(odd))
        _send(person, "POST", path.format(odd))


def test_every_odd_parameter_is_answered_alone(shop: Person) -> None:
    for path in ("/api/v1/tools", "/api/v1/search", "/search", "/tools/demo/hello/reviews/"):
        for name, odd in _pairs(NAMES, ODD):
            _send(shop, "GET", f"{path}?{name}={odd}")


@pytest.mark.parametrize("sort", ["updated", "created", "downloads", "rating"])
def test_bad_cursors_are_refused_or_end_the_list(sort: str, shop: Person) -> None:
    paths = (f"/api/v1/tools?sort={sort}", *(f"/api/v1/tools/demo/hello/{part}?sort={sort}"
             for part in ("releases", "reviews")))  # fmt: skip
    cursors = [_cursor(value, pk) for value in VALUES for pk in (1, -1, 2**64 - 1, "1")]
    cursors += [_cursor(), _cursor(1), "%00", "=", "a", "%C3%A9", "x" * 9999]
    for path, cursor in _pairs(paths, cursors):
        answer = _send(shop, "GET", f"{path}&cursor={cursor}")
        assert answer.status in (200, 400, 422), answer


def test_odd_headers_are_answered(shop: Person) -> None:
    for path in ("/", "/account/", "/accounts/login/", "/api/v1/whoami", "/simple/demo-hello/"):
        for name, values in HEADERS.items():
            for value in values:
                _send(shop, "GET", path, headers={name: value})
                _send(shop, "POST", path, headers={name: value}, body=b"a=%00")


def test_nul_has_one_answer_in_the_api_and_one_on_the_site(visitor: Person, shop: Person) -> None:
    for path in (
        "/api/v1/tools?category=%00",
        "/api/v1/search?q=a%00b",
        "/api/v1/tools/demo/hello/releases/%00",
    ):
        refused = assert_problem(visitor.get(path), 400, "parse_error")
        assert "NUL" in refused["detail"]
    page = visitor.get("/search?q=%00")
    assert (page.status, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "This request isn’t valid." in page.text
    assert visitor.get("/", Cookie='sessionid="\\000aaaaaaaaa"').status == 400


def test_other_charsets_than_utf_8_are_refused(visitor: Person) -> None:
    for kind in ("text/plain; charset=utf-7", "text/plain; charset=hex", "a/b; c*=foo''x"):
        path = "/api/v1/search?q=%2B2AA-"
        assert_problem(visitor.get(path, **{"Content-Type": kind}), 400, "parse_error")
    for kind in ("text/plain; charset=UTF-8", "text/plain; charset=us-ascii", "text/plain"):
        assert visitor.get("/api/v1/search?q=x", **{"Content-Type": kind}).status == 200


@pytest.mark.parametrize("nul", [b"%00", b"a=%00", b"%00=a", b"email=a%00b"])
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/preferences/"])
def test_forms_with_nul_are_a_page(path: str, nul: bytes, visitor: Person) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert _send(visitor, "POST", path, headers=form, body=nul).status in (400, 403)


@pytest.mark.parametrize(
    "head",
    [
        b'name="a\0"', b'name="wheel"; filename="\0"', b"name=\"wheel\"; filename*=foo''x",
        b"name=\"wheel\"; filename*=utf-7''+2AA-", b'name="\xff\xfe"; filename="\xff"',
        b'name="wheel"; filename="' + b"x" * 900 + b'.whl"', b'name="wheel"; filename="..\\..\\a"',
        b'name="wheel"; filename="a\0-1.0.0-py3-none-any.whl"', b"", b'name="notes"',
        b"name*=utf-16''%00%d8",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/v1/publications", "/publish/", "/accounts/login/"])
def test_odd_parts_of_a_form_are_refused(head: bytes, path: str, alice: Person) -> None:
    body = (
        b"--x\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n1\0\xed\xa0\x80\r\n--x--\r\n"
    )
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    assert _send(alice, "POST", path, headers=form, body=body).status >= 300


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "\\u0000"}', b'{"name": "a\\u0000b", "email": "a\\u0000@b.co"}',
        b'{"name": "\\ud800"}', b'{"name": "\xff"}', b'{"organization": 1e400, "name": "x"}',
        b'{"name": "other", "organization": ' + b"9" * 30 + b"}", b'{"name": {"a": 1}}', b"[]",
        b'"x"', b"null", b"1", b"", b"{", b"[" * 5000, b"[" * 500 + b"]" * 500,
        b'{"name": ' + b"[" * 300 + b"]" * 300 + b"}", b'{"name": "' + b"x" * 100_000 + b'"}',
        b'{"stars": ' + b"9" * 19 + b'}', b'{"stars": NaN}', b"\xef\xbb\xbf{}", b"\0",
        b'{"reason": "\\u0000", "text": "\\u0000", "stars": 1}',
    ],
)  # fmt: skip
def test_odd_documents_are_answered(body: bytes, shop: Person) -> None:
    release = "/api/v1/tools/demo/hello/releases/1.0.0"
    for number, (method, path) in enumerate([
        ("POST", "/api/v1/namespaces"), ("POST", "/api/v1/organizations"),
        ("POST", "/api/v1/organizations/1/invitations"), ("POST", f"{release}/yank"),
        ("PUT", "/api/v1/tools/demo/hello/reviews/mine"),
    ]):  # fmt: skip
        named = {"Content-Type": "application/json"}
        for headers in (named, {**named, "Idempotency-Key": f"key-{number}"}):
            _send(shop, method, path, headers=headers, body=body)


def test_the_site_takes_no_nul_from_those_who_signed_in(shop: Person, client: Any) -> None:
    client.post("/accounts/login/", {"login": shop.email, "password": PASSWORD})
    for path in ("/account/tokens/", "/account/namespaces/", "/account/profile/"):
        for value in ("\0", "a\0b", "\ud800".encode("utf-8", "surrogatepass")):
            form = dict.fromkeys(("name", "tools", "scopes", "display_name", "expires"), value)
            assert client.post(path, form).status_code in (400, 422, 302)


@pytest.mark.parametrize("text", ["bytes=-" + "9" * 5000, "bytes=" + "9" * 5000 + "-", "bytes=²-"])
def test_a_range_of_endless_digits_gets_the_whole_file(text: str) -> None:
    assert requested_span(text, 100, "", '"tag"', 0) is None


def test_a_form_of_a_thousand_and_more_fields_is_a_problem_document(alice: Person) -> None:
    field = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    answer = alice.send(
        "POST",
        "/api/v1/publications",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        body=field * 1500 + b"--x--\r\n",
    )
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_health_check_needs_to_name_no_host(visitor: Person) -> None:
    assert visitor.send("GET", "/healthz", headers={"Host": ""}).status == 200
