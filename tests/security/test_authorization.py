"""Who may ask for what: every address of the resolver has a decision, and the walk holds it.

`make test` walks one address of each view and decision, `make test-all` every address.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.views.generic import RedirectView

from accounts import actions
from accounts.models import User
from tests import environment
from tests.security.walk import addresses, filled, views, world
from tests.support import Answer, Person
from tests.support.cast import PASSWORD

__all__ = ["world"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

#: The tool's addresses in the API and on the site.
API = "api/v1/tools/<slug:namespace>/<slug:name>"
TOOL = "tools/<namespace:namespace>/<toolname:name>/"
#: What strangers may read. An address that stands in neither list fails the test.
PUBLIC = {
    "", "healthz", "readyz", "api/schema/", "api/docs/", "api/v1/tools", "api/v1/search", API,
    f"{API}/releases", f"{API}/releases/<str:version>", f"{API}/reviews", "search", "tools/",
    "tools/<toolname:name>/", TOOL, f"{TOOL}versions/", f"{TOOL}reviews/", f"{TOOL}badge.svg",
    f"{TOOL}releases.atom", f"{TOOL}<tab:tab>/", f"{TOOL}<version:version>/",
    f"{TOOL}<version:version>/<tab:tab>/", "publishers/<namespace:namespace>/", "docs/",
    "docs/rules/", "docs/rules/<rule:rule_id>", "docs/<slug:name>/", "new.atom", "robots.txt",
    "sitemap.xml", ".well-known/security.txt", "mcp", "mcp/", "preferences/",
    "accounts/login/", "accounts/logout/", "accounts/inactive/", "accounts/signup/",
    "accounts/confirm-email/", "accounts/password/reset/", "accounts/login/code/confirm/",
    r"accounts/confirm-email/(?P<key>[-:\w]+)/", "accounts/password/reset/key/done/",
    "accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/",
    "accounts/password/reset/done/", "legacy", "legacy/",
}  # fmt: skip
#: What needs somebody who signed in, or a token, and shows each their own.
PERSONAL = {
    "api/v1/whoami", "api/v1/namespaces", "api/v1/organizations",
    "api/v1/organizations/<id:organization_id>/invitations",
    "api/v1/organizations/<id:organization_id>/accept",
    "api/v1/organizations/<id:organization_id>/members/<id:user_id>", "api/v1/publications",
    "api/v1/publications/<uuid:publication_id>", "api/v1/publications/<uuid:publication_id>/cancel",
    "api/v1/publications/<uuid:publication_id>/appeal", f"{API}/releases/<str:version>/yank",
    f"{API}/releases/<str:version>/unyank", f"{API}/releases/<str:version>/delete",
    f"{API}/deprecate", f"{API}/undeprecate", f"{API}/reviews/mine",
    "accounts/reauthenticate/", "accounts/email/", "accounts/password/change/",
    "accounts/password/set/", f"{TOOL}reviews/delete/", f"{TOOL}manage/", "account/",
    "account/profile/", "account/tokens/", "account/tokens/<id:token_id>/revoke/",
    "account/namespaces/", "account/organizations/",
    "account/organizations/<id:organization_id>/invite/",
    "account/organizations/<id:organization_id>/accept/",
    "account/organizations/<id:organization_id>/members/<id:user_id>/remove/", "publish/",
    "publications/<uuid:publication_id>/", "publications/<uuid:publication_id>/progress/",
    "publications/<uuid:publication_id>/cancel/", "publications/<uuid:publication_id>/appeal/",
}  # fmt: skip
OPERATORS = ("admin/", "desk/")
#: Public addresses at which strangers may send something.
OPEN_WRITES = ("accounts/", "preferences/", "mcp", "legacy")

REFUSED = (401, 403, 404, 405)


def _code(view: Callable[..., Any]) -> object:
    """The class or the function behind it; the admin's many models share theirs."""
    written = getattr(view, "view_class", None) or getattr(view, "cls", None)
    inner = inspect.unwrap(view)
    return written or getattr(inner, "__func__", inner)


def _walked() -> list[str]:
    """The addresses that the walk goes to; of redirections every one."""
    if environment.everything():
        return addresses()
    chosen: dict[object, str] = {}
    for address, view in sorted(views(), key=lambda pair: pair[0]):
        code = address if _code(view) is RedirectView else _code(view)
        chosen.setdefault((_decision(address), code), address)
    return sorted(chosen.values())


def _decision(address: str) -> str:
    if address.startswith(OPERATORS):
        return "operator"
    if address in PUBLIC:
        return "public"
    return "personal" if address in PERSONAL else ""


def _walk(
    person: Person,
    world: dict[str, str],
    kinds: set[str],
    only: Callable[[str, str], bool] = lambda method, path: True,
) -> Iterator[tuple[Any, ...]]:
    """Send each method to each address of these kinds, of them ``only(method, path)``."""
    for address in _walked():
        kind = _decision(address)
        path = filled(address, world)
        for method in METHODS if kind in kinds else ():
            if not only(method, path):
                continue
            headers = {"Content-Type": "application/json"} if "api/" in path else {}
            body = b"{}" if method in ("POST", "PUT", "PATCH") and headers else b""
            answer = person.send(method, path, headers=headers, body=body)
            assert answer.status < 500 or path == "/readyz", f"{method} {path}: {answer}"
            yield kind, method, path, answer


def _refuses(answer: Answer) -> bool:
    where = answer.headers.get("location", "") if answer.status == 302 else ""
    to_sign_in = "/login/" in where or where == "/admin/"  # which asks to sign in
    return answer.status in REFUSED or to_sign_in


def _tells_what_it_takes(method: str, answer: Answer) -> bool:
    return method == "OPTIONS" and answer.status == 200


def test_every_address_has_a_decision() -> None:
    undecided = [address for address in addresses() if not _decision(address)]
    assert undecided == [], "say in this file who may ask for them"


def test_the_walk_meets_every_view_under_each_decision() -> None:
    walked = set(_walked())
    met = {(_decision(address), _code(view)) for address, view in views() if address in walked}
    assert met == {(_decision(address), _code(view)) for address, view in views()}
    assert walked <= set(addresses())


def test_a_stranger_reads_what_is_public_and_writes_nothing(
    visitor: Person, world: dict[str, str]
) -> None:
    for kind, method, path, answer in _walk(visitor, world, {"public", "personal", "operator"}):
        said = f"{method} {path}: {answer.status} {answer.headers.get('location', '')}"
        if kind == "public" and method in ("GET", "HEAD", "OPTIONS"):
            continue
        if kind == "public" and path[1:].startswith(OPEN_WRITES):
            continue
        open_page = path.startswith(("/publish/", "/accounts/")) and method in ("GET", "HEAD")
        assert _refuses(answer) or open_page or _tells_what_it_takes(method, answer), said


def _with(person: Person, **values: Any) -> Person:
    user = User.objects.get(email=person.email)
    return person.with_token(actions.issue_token(by=user, name="special", **values)[1])


def _writes(method: str, path: str) -> bool:
    return method not in ("GET", "HEAD", "OPTIONS")


def _api_writes(method: str, path: str) -> bool:
    return path.startswith("/api/") and _writes(method, path)


def _api(method: str, path: str) -> bool:
    return path.startswith("/api/") and method != "OPTIONS"


def _writes_refused(person: Person, world: dict[str, str], *, reads: bool = False) -> None:
    only = _api if reads else _api_writes
    for _, method, path, answer in _walk(person, world, {"personal"}, only):
        assert answer.status in REFUSED, f"{method} {path}: {answer}"


def test_a_token_without_the_scope_writes_nothing(alice: Person, world: dict[str, str]) -> None:
    _writes_refused(_with(alice, scopes=["read"]), world)


def test_an_expired_token_reads_and_writes_nothing(alice: Person, world: dict[str, str]) -> None:
    import datetime as dt

    expired = _with(alice, scopes=["publish", "read"], expires_in=dt.timedelta(seconds=-1))
    _writes_refused(expired, world, reads=True)


def test_a_token_bound_to_another_tool_changes_nothing_here(
    alice: Person, world: dict[str, str]
) -> None:
    every = ["publish", "read", "yank", "review", "account"]
    bound = _with(alice, scopes=every, tools=["demo/other"])
    for _, method, path, answer in _walk(bound, world, {"personal"}, _api_writes):
        # A form that says nothing is refused before anybody asks for which tool.
        assert answer.status in (*REFUSED, 415, 422, 400), f"{method} {path}: {answer}"


def test_an_outsider_finds_nothing_of_others(charlie: Person, world: dict[str, str]) -> None:
    ids = (world["publication_id"], f"organizations/{world['organization_id']}/")

    def names_one(method: str, path: str) -> bool:
        return method != "OPTIONS" and any(part in path for part in ids)

    for _, method, path, answer in _walk(charlie, world, {"personal"}, names_one):
        hidden = answer.status in (404, 405, 422, 400) or _refuses(answer)
        assert hidden, f"{method} {path}: {answer}"


def test_the_owner_meets_no_fault(alice: Person, world: dict[str, str]) -> None:
    seen = [path for *_, path, _ in _walk(alice, world, {"personal", "public"})]
    assert len(seen) > 100


@pytest.mark.parametrize("name", ["alice", "dora", "charlie"])
def test_a_cookie_without_its_csrf_token_writes_nothing(
    name: str, cast: dict[str, Person], world: dict[str, str]
) -> None:
    from django.test import Client

    browser = Client()
    browser.login(email=cast[name].email, password=PASSWORD)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    person = cast[name].with_token("").with_headers(Cookie=cookie)
    for _, _, path, answer in _walk(person, world, {"personal", "operator"}, _writes):
        assert _refuses(answer) or (answer.status == 302 and "admin" in path), f"{path}: {answer}"
