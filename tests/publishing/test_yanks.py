"""A yank takes a release out of the choice of resolvers, with a reason and an undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.models import Yank
from core.models import AuditEntry
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok, assert_problem
from tests.support.jobs import live_tool, run_jobs, submit

pytestmark = pytest.mark.usefixtures("recorded_checks")


@pytest.fixture
def hello(alice: Person, tmp_path: Path) -> dict[str, Any]:
    """demo/hello 1.0.0 and 1.1.0, live."""
    live_tool(alice, tmp_path)
    return live_tool(alice, tmp_path, version="1.1.0")


def _listed(visitor: Person) -> dict[str, Any]:
    releases = assert_ok(visitor.get("/index/demo/hello.json"))["releases"]
    return {release["version"]: release["yanked"] for release in releases}


def test_a_reason_is_one_line_that_commands_no_terminal(
    hello: dict[str, Any], alice: Person
) -> None:
    reason = "It\x1b[31m breaks.\nBadly\u202e."
    answer = assert_ok(alice.yank("demo/hello", "1.1.0", reason))
    assert answer["yanked"] == {"reason": "It [31m breaks. Badly ."}
    assert_problem(alice.yank("demo/hello", "1.0.0", "\u200b\n"), 422, "reason_missing")


def test_a_yank_reaches_index_simple_page_and_api(
    hello: dict[str, Any], alice: Person, visitor: Person
) -> None:
    answer = assert_ok(alice.yank("demo/hello", "1.1.0", "It <forgets> names."))
    assert answer["yanked"] == {"reason": "It <forgets> names."}
    run_jobs()
    assert _listed(visitor)["1.1.0"]["reason"] == "It <forgets> names."
    assert _listed(visitor)["1.0.0"] is None
    html = visitor.get("/simple/demo-hello/").text
    assert html.count("data-yanked") == 1
    assert 'data-yanked="It &lt;forgets&gt; names."' in html
    simple = visitor.get("/simple/demo-hello/", Accept="application/vnd.pypi.simple.v1+json").json()
    yanked = {file["filename"]: file.get("yanked", False) for file in simple["files"]}
    assert yanked == {
        "demo_hello-1.0.0-py3-none-any.whl": False,
        "demo_hello-1.1.0-py3-none-any.whl": "It <forgets> names.",
    }
    assert assert_ok(visitor.get("/api/v1/tools/demo/hello"))["version"] == "1.0.0"
    release = assert_ok(visitor.get("/api/v1/tools/demo/hello/releases/1.1.0"))
    assert release["yanked"]["reason"] == "It <forgets> names."
    assert "<forgets>" not in visitor.get("/tools/demo/hello/1.1.0/").text


def test_who_has_it_locked_can_still_install_it(
    hello: dict[str, Any], alice: Person, visitor: Person
) -> None:
    url = assert_ok(visitor.get("/api/v1/tools/demo/hello/releases/1.1.0"))["file"]["url"]
    assert_ok(alice.yank("demo/hello", "1.1.0"))
    run_jobs()
    assert visitor.get(url).status == 200


def test_a_yank_is_undone_and_its_row_stays(
    hello: dict[str, Any], alice: Person, visitor: Person
) -> None:
    assert_ok(alice.yank("demo/hello", "1.1.0"))
    run_jobs()
    assert assert_ok(alice.unyank("demo/hello", "1.1.0"))["yanked"] is None
    run_jobs()
    assert _listed(visitor) == {"1.1.0": None, "1.0.0": None}
    assert "data-yanked" not in visitor.get("/simple/demo-hello/").text
    assert assert_ok(visitor.get("/api/v1/tools/demo/hello"))["version"] == "1.1.0"
    row = Yank.objects.get()
    assert row.undone_by is not None
    assert row.undone_by.email == alice.email
    audited = AuditEntry.objects.filter(action__startswith="release.")
    assert [entry.action for entry in audited][:2] == ["release.unyank", "release.yank"]


def test_yanking_twice_or_undoing_nothing_is_a_conflict(
    hello: dict[str, Any], alice: Person
) -> None:
    assert_problem(alice.unyank("demo/hello", "1.1.0"), 409, "not_yanked")
    assert_ok(alice.yank("demo/hello", "1.1.0"))
    assert_problem(alice.yank("demo/hello", "1.1.0"), 409, "already_yanked")
    assert Yank.objects.count() == 1


@pytest.mark.parametrize("data", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 501}])
def test_a_yank_needs_a_reason(hello: dict[str, Any], alice: Person, data: dict[str, str]) -> None:
    answer = alice.post("/api/v1/tools/demo/hello/releases/1.1.0/yank", data)
    assert answer.status in (400, 422), answer
    assert answer.json()["suggestion"]
    assert not Yank.objects.exists()


def test_what_is_not_there_cannot_be_yanked(hello: dict[str, Any], alice: Person) -> None:
    assert_problem(alice.yank("demo/hello", "9.9.9"), 404, "release_not_found")
    assert_problem(alice.yank("demo/nothing", "1.0.0"), 404, "tool_not_found")


def test_a_tool_whose_releases_are_all_yanked_still_explains_itself(
    hello: dict[str, Any], alice: Person, visitor: Person
) -> None:
    for version in ("1.0.0", "1.1.0"):
        assert_ok(alice.yank("demo/hello", version))
    run_jobs()
    assert visitor.get("/tools/demo/hello/").status == 200
    assert assert_ok(visitor.get("/api/v1/tools/demo/hello"))["version"] == "1.1.0"


def test_a_dependency_whose_every_fitting_release_is_yanked_is_refused(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    assert_ok(alice.yank("demo/hello", "1.1.0"))
    wheel = build_wheel(tmp_path, tool="demo/polite", dependencies=["demo-hello>=1.1"])
    ended = submit(alice, wheel)
    assert ended["state"] == "rejected"
    assert "demo/hello" in ended["reasons"][0]
