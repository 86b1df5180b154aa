"""What the code uses and the manifest does not declare waits for a moderator (case B2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog.models import Release
from core.store import public_store
from publishing.models import Publication
from tests.package.wheels import CODE, MANIFEST, build_wheel
from tests.support import Person, assert_finding, assert_ok, assert_problem
from tests.support.jobs import run_jobs, submit
from tests.support.moderators import decide, desk_of

pytestmark = pytest.mark.usefixtures("recorded_checks")

#: A dependency that no Python here installs, so that no index is asked.
UNSEEN = "tzdata; python_version < '3'"

CALLS = {
    "network": "urllib.request.urlopen('https://api.example.org/')",
    "environment": "os.environ['API_KEY']",
    "system-command": "subprocess.run(['git', 'status'])",
}


def using(*kinds: str) -> str:
    """The code of demo/hello with calls that need these permissions and that no example makes."""
    calls = "".join(f"        {CALLS[kind]}\n" for kind in kinds)
    code = CODE.format(function="hello")
    code = code.replace(
        "\nfrom dataclasses", "\nimport os, subprocess, urllib.request\nfrom dataclasses"
    )
    return code.replace("    return Greeting", f"    if times > 99:\n{calls}    return Greeting")


def approve(desk: Client, document: dict[str, Any]) -> int:
    """Let a held publication go live as it is, at the moderators' desk."""
    status: int = decide(desk, document, "approve").status_code
    run_jobs()
    return status


@pytest.mark.sandbox
def test_undeclared_use_waits_for_a_moderator_who_lets_it_go_live(
    alice: Person, charlie: Person, grace: Person, visitor: Person, tmp_path: Path
) -> None:
    held = submit(alice, build_wheel(tmp_path, code=using(*CALLS)))
    assert held["state"] == "held", held
    for kind in CALLS:
        finding = assert_finding(held, f"permissions/undeclared-{kind}")
        assert (finding["file"], finding["blocking"]) == ("demo_hello/__init__.py", True)
        assert finding["line"]
    assert not Release.objects.exists()
    assert_problem(visitor.get("/api/v1/tools/demo/hello"), 404, "tool_not_found")
    assert visitor.get("/index/demo/hello.json").status == 404

    assert approve(desk_of(charlie), held) == 403
    assert approve(desk_of(alice), held) == 403
    assert Publication.objects.get().state == "held"

    desk = desk_of(grace)
    assert "demo/hello" in desk.get("/desk/").text
    assert approve(desk, held) == 302
    assert Publication.objects.get().state == "published"
    assert visitor.get("/index/demo/hello.json").status == 200
    release = assert_ok(visitor.get("/api/v1/tools/demo/hello/releases/1.0.0"))
    assert release["security"]["level"] == "warning"
    assert release["scores"]["security"] < 100


@pytest.mark.sandbox
def test_every_place_shows_what_is_declared_and_what_was_found(
    alice: Person, grace: Person, visitor: Person, tmp_path: Path
) -> None:
    wheel = build_wheel(tmp_path, code=using("network"), dependencies=[UNSEEN])
    assert approve(desk_of(grace), submit(alice, wheel)) == 302
    shown = {
        "declared": [],
        "found": ["network:api.example.org"],
        "dependencies_checked": False,
        "seen": ["network:api.example.org"],
    }
    release = assert_ok(visitor.get("/api/v1/tools/demo/hello/releases/1.0.0"))
    tool = assert_ok(visitor.get("/api/v1/tools/demo/hello"))
    card = assert_ok(visitor.get("/api/v1/search?q=hello"))["results"][0]
    index = visitor.get("/index/demo/hello.json").json()["releases"][0]
    for place in (release, tool, tool["release"], card, index):
        assert place["permissions"] == shown
    assert ask(visitor, "tool_details", {"tool": "demo/hello"})["permissions"] == shown
    assert ask(visitor, "search_tools", {"query": "hello"})["tools"][0]["permissions"] == shown
    page = visitor.get("/tools/demo/hello/").text
    assert "Found in the code, but not declared." in page
    assert "Its dependencies were not checked." in page
    assert "needs none" not in page


@pytest.mark.parametrize(
    ("requires", "says", "never"),
    [
        ([], "It declares none, and needs none.", "were not checked"),
        ([UNSEEN], "Its dependencies were not checked.", "needs none"),
    ],
)
@pytest.mark.sandbox
def test_needs_none_is_said_only_where_dependencies_hide_nothing(
    alice: Person, visitor: Person, tmp_path: Path, requires: list[str], says: str, never: str
) -> None:
    assert submit(alice, build_wheel(tmp_path, dependencies=requires))["state"] == "published"
    page = visitor.get("/tools/demo/hello/").text
    assert says in page
    assert never not in page


def ask(person: Person, tool: str, arguments: dict[str, Any]) -> Any:
    """The structured answer of one tool of the marketplace's MCP server."""
    call = {"name": tool, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    reader = person.with_headers(
        Accept="application/json, text/event-stream", MCP_Protocol_Version="2025-06-18"
    )
    return assert_ok(reader.post("/mcp/", message))["result"]["structuredContent"]


@pytest.mark.sandbox
def test_what_is_declared_goes_live_by_itself(alice: Person, tmp_path: Path) -> None:
    declared = '["network:api.example.org", "environment:API_KEY", "system-command"]'
    wheel = build_wheel(tmp_path, code=using(*CALLS), manifest=declaring(declared))
    assert submit(alice, wheel)["state"] == "published"


def declaring(permissions: str) -> str:
    """The manifest of demo/hello that declares a TOML list of permissions."""
    text = MANIFEST.format(title="Hello", package="demo_hello", function="hello")
    return text.replace("permissions = []", f"permissions = {permissions}")


def approved(alice: Person, grace: Person, folder: Path, version: str, code: str) -> None:
    """A release that uses what it does not declare, live because a moderator let it."""
    held = submit(alice, build_wheel(folder, version=version, code=code))
    assert held["state"] == "held", held
    approve(desk_of(grace), held)
    assert Release.objects.filter(version=version).exists()


@pytest.mark.sandbox
def test_a_new_undeclared_use_needs_a_major_version(alice: Person, tmp_path: Path) -> None:
    assert submit(alice, build_wheel(tmp_path))["state"] == "published"
    for version in ("1.0.1", "1.1.0"):
        hidden = build_wheel(tmp_path, version=version, code=using("network"))
        ended = submit(alice, hidden)
        assert ended["state"] == "rejected", ended
        finding = assert_finding(ended, "compatibility/version-too-low")
        assert finding["evidence"]["required"] == "2.0.0"
        assert "network:api.example.org" in finding["message"]
    ended = submit(alice, build_wheel(tmp_path, version="2.0.0", code=using("network")))
    assert ended["state"] == "held", ended


@pytest.mark.sandbox
def test_what_a_new_rule_finds_in_both_releases_is_no_change(
    alice: Person, grace: Person, tmp_path: Path
) -> None:
    approved(alice, grace, tmp_path, "1.0.0", using("network"))
    # As a release is stored that was scanned before the rule was written.
    Release.objects.update(permissions_found=[])
    ended = submit(alice, build_wheel(tmp_path, version="1.0.1", code=using("network")))
    assert ended["state"] == "held", ended
    declared = declaring('["network:api.example.org"]')
    wheel = build_wheel(tmp_path, version="1.0.2", code=using("network"), manifest=declared)
    assert submit(alice, wheel)["state"] == "published"


@pytest.mark.sandbox
def test_another_host_or_a_wider_declaration_is_a_change(
    alice: Person, grace: Person, tmp_path: Path
) -> None:
    approved(alice, grace, tmp_path, "1.0.0", using("network"))
    elsewhere = using("network").replace("api.example.org", "other.example.net")
    ended = submit(alice, build_wheel(tmp_path, version="1.0.1", code=elsewhere))
    assert ended["state"] == "rejected", ended
    assert_finding(ended, "compatibility/version-too-low")
    wide = build_wheel(
        tmp_path, version="1.0.2", code=using("network"), manifest=declaring('["network:*"]')
    )
    ended = submit(alice, wide)
    assert ended["state"] == "rejected", ended
    assert_finding(ended, "compatibility/version-too-low")


@pytest.mark.sandbox
def test_a_baseline_whose_wheel_is_gone_is_compared_as_it_was_stored(
    alice: Person, grace: Person, tmp_path: Path
) -> None:
    approved(alice, grace, tmp_path, "1.0.0", using("network"))
    public_store().delete(Release.objects.get().file_key)
    ended = submit(alice, build_wheel(tmp_path, version="1.0.1", code=using("network")))
    assert ended["state"] == "held", ended
