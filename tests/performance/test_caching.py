"""Strangers' answers may be kept and compressed; what is somebody's own is neither."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from django.test import Client

from catalog.models import Release
from tests.support import Answer, Person
from tests.support.cast import PASSWORD, email_of

PAGES = (
    "/", "/search", "/search?q=hello", "/tools/demo/hello/", "/tools/demo/hello/functions/",
    "/tools/demo/hello/reviews/", "/publishers/demo/", "/docs/", "/sitemap.xml",
)  # fmt: skip
API = ("/api/v1/tools", "/api/v1/tools/demo/hello", "/api/v1/search?q=hello")
TREE = ("/simple/", "/simple/demo-hello/", "/index/demo/hello.json")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_for_strangers_may_be_kept_for_a_moment_by_shared_caches(
    hello: Release, visitor: Person, path: str
) -> None:
    answer = visitor.get(path)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=15"
    assert "Cookie" in answer.headers["vary"]


@pytest.mark.parametrize("path", [*PAGES, *API, *TREE])
def test_reading_sets_no_cookie(hello: Release, visitor: Person, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status == 200
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", [*PAGES, *API, *TREE])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_who_has_the_newest_gets_a_304_without_a_body(
    hello: Release, visitor: Person, path: str, encoding: str
) -> None:
    first = visitor.get(path, **{"Accept-Encoding": encoding})
    again = visitor.get(
        path, **{"Accept-Encoding": encoding, "If-None-Match": first.headers["etag"]}
    )
    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", API)
def test_no_shared_cache_answers_for_the_api(hello: Release, visitor: Person, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert "ratelimit-remaining" in headers


@pytest.mark.parametrize("path", PAGES[:-2])
def test_a_signed_in_reader_s_page_is_nobody_else_s(
    hello: Release, browse: Callable[[str], Client], path: str
) -> None:
    answer = browse("alice").get(path, headers={"Accept-Encoding": "gzip"})
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Content-Encoding" not in answer


def test_a_page_with_a_token_in_its_form_is_neither_kept_nor_compressed(visit: Client) -> None:
    answer = visit.get("/accounts/login/", headers={"Accept-Encoding": "gzip"})
    assert "csrftoken" in answer.cookies
    assert not answer["Cache-Control"].startswith("public")
    assert "Content-Encoding" not in answer
    home = visit.get("/", headers={"Accept-Encoding": "gzip"})
    assert home["Cache-Control"] == "private, no-cache"


def test_signing_in_changes_what_the_next_page_may_be_used_for(
    hello: Release, visit: Client
) -> None:
    from allauth.account.models import EmailAddress

    from accounts.models import User

    user = User.objects.get(email=email_of("alice"))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    assert visit.get("/")["Cache-Control"].startswith("public")
    visit.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    page = visit.get("/")
    assert "Sign out" in page.content.decode()
    assert page["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", API)
def test_an_answer_to_a_token_is_nobody_else_s(hello: Release, alice: Person, path: str) -> None:
    answer = alice.get(path, **{"Accept-Encoding": "gzip"})
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "content-encoding" not in answer.headers


def test_a_page_that_bears_a_nonce_is_never_kept_by_others(visitor: Person) -> None:
    answer = visitor.get("/api/docs/")
    if "nonce-" in answer.headers["content-security-policy"]:
        assert not answer.headers["cache-control"].startswith("public")


@pytest.mark.parametrize("path", ["/tools/demo/missing/", "/nothing-here", "/api/v1/tools/a/b"])
def test_what_is_missing_is_not_kept_as_missing(visitor: Person, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status == 404
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("path", [*PAGES[:-3], *API])
def test_strangers_get_the_same_bytes_compressed(
    hello: Release, visitor: Person, path: str
) -> None:
    plain = visitor.get(path)
    small = visitor.get(path, **{"Accept-Encoding": "br, gzip"})
    if len(plain.body) < 1000:
        assert "content-encoding" not in small.headers
        return
    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(small.body) == plain.body
    assert len(small.body) < len(plain.body) / 2
    assert small.headers["etag"] != plain.headers["etag"]
    for answer in (plain, small):
        assert "Accept-Encoding" in answer.headers["vary"]
        assert int(answer.headers["content-length"]) == len(answer.body)


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "br", "gzip; q=0.0, br", ""])
def test_who_does_not_take_gzip_gets_none(hello: Release, visitor: Person, accepted: str) -> None:
    answer: Answer = visitor.get("/", **{"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
