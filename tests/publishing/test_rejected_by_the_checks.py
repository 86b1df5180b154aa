"""Uploads that are well-formed and yet do not go live, or go live with a finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sandbox
from catalog.models import POPULAR, Release, Tool
from tests.package.wheels import build_wheel
from tests.support import Person, assert_finding, assert_ok
from tests.support.jobs import live_tool, submit

HEAD = '''"""Greets people."""

{imports}from dataclasses import dataclass


@dataclass
class Greeting:
    text: str


def hello(name: str, times: int = 1) -> Greeting:
    """Greet someone.

    Args:
        name: Whom to greet.
        times: How often to say hello.
    """
    {body}
'''

MANIFEST = """schema = 1
title = "Hello"
category = "utility"
permissions = []

[functions.hello]
entry = "demo_hello:hello"
read_only = true

[[functions.hello.examples]]
title = "One greeting"
input = { name = "Ada" }
"""


def _declaring(*permissions: str) -> str:
    declared = ", ".join(f'"{permission}"' for permission in permissions)
    return MANIFEST.replace("permissions = []", f"permissions = [{declared}]")


def _code(*lines: str, imports: str = "") -> str:
    return HEAD.format(imports=f"{imports}\n" if imports else "", body="\n    ".join(lines))


def _assert_contained(alice: Person, ended: dict[str, Any]) -> dict[str, Any]:
    """Rejected with a finding about the example, nothing public, and the next tool works."""
    assert ended["state"] == "rejected", ended
    finding = assert_finding(ended, "example/failed")
    assert finding["blocking"]
    assert not Release.objects.exists()
    assert not Tool.objects.exists()
    assert alice.get("/index/demo/hello.json").status == 404
    assert assert_ok(alice.get("/api/v1/search?q=hello"))["total"] == 0
    return finding


@pytest.mark.sandbox
def test_an_example_that_returns_something_else(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, code=_code('return Greeting(f"Goodbye {name}")'))
    ended = submit(alice, wheel)
    finding = _assert_contained(alice, ended)
    assert "Goodbye Ada" in finding["message"]
    assert finding["file"] == "demo_hello/tool.toml"
    assert [step["state"] for step in ended["steps"]] == [
        "passed", "passed", "failed", "skipped", "skipped",
    ]  # fmt: skip


@pytest.mark.sandbox
def test_an_example_that_raises(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, code=_code('raise ValueError("I know nobody")'))
    assert "I know nobody" in _assert_contained(alice, submit(alice, wheel))["message"]


@pytest.mark.sandbox
def test_an_example_that_reads_the_secrets_of_the_machine(alice: Person, tmp_path: Path) -> None:
    body = 'return Greeting(open("/etc/shadow").read())'
    wheel = build_wheel(tmp_path, code=_code(body), manifest=_declaring("file-read"))
    ended = submit(alice, wheel)
    _assert_contained(alice, ended)
    assert "root:" not in str(ended)


@pytest.mark.sandbox
def test_an_example_that_opens_a_socket(alice: Person, tmp_path: Path) -> None:
    body = 'socket.create_connection(("127.0.0.1", 6379), 2)'
    code = _code(body, "return Greeting(name)", imports="import socket")
    ended = submit(alice, build_wheel(tmp_path, code=code, manifest=_declaring("network")))
    _assert_contained(alice, ended)


@pytest.mark.sandbox
@pytest.mark.slow
def test_an_example_that_forks_without_end(alice: Person, tmp_path: Path) -> None:
    code = _code("while True:", "    os.fork()", imports="import os")
    ended = submit(alice, build_wheel(tmp_path, code=code, manifest=_declaring("system-command")))
    _assert_contained(alice, ended)
    live_tool(alice, tmp_path)  # the worker lives


@pytest.mark.sandbox
def test_a_file_of_functions_that_is_not_what_the_code_says(alice: Person, tmp_path: Path) -> None:
    code = _code('return Greeting(f"Hello {name}")').replace("times: int = 1", "times: int = 2")
    ended = submit(alice, build_wheel(tmp_path, code=code, manifest=MANIFEST))
    assert ended["state"] == "rejected"
    finding = assert_finding(ended, "schema/differs-from-code")
    assert finding["evidence"]["differences"]
    assert "lumos build" in finding["fix"]


def test_a_secret_in_the_code(alice: Person, tmp_path: Path) -> None:
    from accounts.tokens import make_token

    secret = make_token()
    code = _code(f'key = "{secret}"', "return Greeting(name + key)")
    ended = submit(alice, build_wheel(tmp_path, code=code, manifest=MANIFEST))
    assert ended["state"] in ("rejected", "held"), ended
    finding = assert_finding(ended, "secret/…")
    assert secret not in str(ended), "the finding repeats the secret"
    assert finding["line"]


def test_hidden_text_in_a_description(alice: Person, tmp_path: Path) -> None:
    readme = "# Hello\n\nGreets\u202e people\u200b and \U000e0041\U000e0042 agents.\n"
    ended = submit(alice, build_wheel(tmp_path, readme=readme))
    assert ended["state"] in ("rejected", "held"), ended
    assert_finding(ended, "hidden-text/…")


@pytest.mark.usefixtures("recorded_checks")
def test_a_name_that_looks_like_anothers(alice: Person, charlie: Person, tmp_path: Path) -> None:
    from accounts.models import Namespace, User

    live_tool(alice, tmp_path, tool="demo/web-search")
    Namespace.objects.create(name="dem0", user=User.objects.get(email=charlie.email))
    ended = submit(charlie, build_wheel(tmp_path, tool="dem0/web-search"))
    assert ended["state"] == "rejected"
    assert "demo/web-search" in assert_finding(ended, "name/look-alike")["message"]


@pytest.mark.usefixtures("recorded_checks")
def test_a_name_a_slip_away_from_a_popular_one_waits_for_a_moderator(
    alice: Person, bob: Person, charlie: Person, tmp_path: Path
) -> None:
    from accounts.models import Namespace, User

    live_tool(alice, tmp_path, tool="demo/web-search")
    Namespace.objects.create(name="other", user=User.objects.get(email=charlie.email))
    assert submit(charlie, build_wheel(tmp_path, tool="other/web-serch"))["state"] == "published"
    Tool.objects.filter(name="web-search").update(downloads_30d=POPULAR)
    ended = submit(charlie, build_wheel(tmp_path, tool="other/web-saerch"))
    assert ended["state"] == "held"
    assert "one letter away" in assert_finding(ended, "name/near-popular")["message"]
    known = build_wheel(tmp_path, tool="other/web-serch", version="1.0.1")
    assert submit(charlie, known)["state"] == "published", "it went live before the other was known"
    own = build_wheel(tmp_path, tool="demo/web-search2")
    assert submit(bob, own)["state"] == "published"


@pytest.mark.usefixtures("recorded_checks")
def test_a_dependency_on_a_tool_that_is_not_here(alice: Person, tmp_path: Path) -> None:
    live_tool(alice, tmp_path)
    wheel = build_wheel(tmp_path, tool="demo/polite", dependencies=["demo-nothing>=1"])
    ended = submit(alice, wheel)
    assert ended["state"] == "rejected"
    assert_finding(ended, "dependency/not-installable")
    assert Tool.objects.count() == 1


@pytest.mark.usefixtures("recorded_checks")
def test_a_dependency_on_another_tool_is_kept_with_the_release(
    alice: Person, visitor: Person, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path)
    live_tool(alice, tmp_path, tool="demo/polite", dependencies=["demo-hello>=1.0,<2"])
    (release,) = assert_ok(visitor.get("/index/demo/polite.json"))["releases"]
    assert release["dependencies"]["tools"] == [{"tool": "demo/hello", "specifier": "<2,>=1.0"}]


def test_a_package_that_breaks_a_scanner_is_a_finding_and_no_crash(
    alice: Person, tmp_path: Path, recorded_checks: None
) -> None:
    """Deep nesting exhausts the parser of whatever reads it; the scan goes on around it."""
    deep = "x = " + "(" * 5000 + "1" + ")" * 5000 + "\n"
    deeper = "x = " + "-" * 20000 + "1\n"
    wheel = build_wheel(
        tmp_path, files={"demo_hello/deep.py": deep, "demo_hello/deeper.py": deeper}
    )
    ended = submit(alice, wheel)
    assert ended["state"] in ("published", "rejected", "held")
    said = [finding for finding in ended["findings"] if "deep" in finding["file"]]
    assert said, ended["findings"]


def test_where_the_sandbox_is_missing_a_tool_is_published_as_untested(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded_checks: None
) -> None:
    missing = sandbox.SandboxStatus(False, reason="bwrap is not installed.")
    monkeypatch.setattr(sandbox, "status", lambda: missing)
    ended = live_tool(alice, tmp_path)
    testing = ended["steps"][2]
    assert (testing["state"], testing["message"]) == ("skipped", "Not run: sandbox unavailable")
    assert ended["scores"]["performance"] is None
    release = Release.objects.get()
    assert not release.quality.gate_passed


def test_where_the_operator_wants_it_the_untested_is_held(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any,
    recorded_checks: None,
) -> None:  # fmt: skip
    settings.UNTESTED = "hold"
    missing = sandbox.SandboxStatus(False, reason="bwrap is not installed.")
    monkeypatch.setattr(sandbox, "status", lambda: missing)
    ended = submit(alice, build_wheel(tmp_path))
    assert ended["state"] == "held"
    assert "bwrap is not installed" in ended["reasons"][0]
    assert not Release.objects.exists()


def test_an_enforced_gate_refuses_what_misses_a_target(
    alice: Person, tmp_path: Path, settings: Any, recorded_checks: None
) -> None:
    settings.QUALITY_GATE = "enforce"
    ended = submit(alice, build_wheel(tmp_path, readme="# Hello\n"))
    assert ended["state"] == "rejected"
    assert "documentation" in ended["reasons"][0]
    assert not Release.objects.exists()
