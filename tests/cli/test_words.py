"""How the command speaks: three lines, exit codes, no secrets, no wait."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from lumos.cli.findings import show_findings
from lumos.cli.strip import strip
from lumos.client.api import problem_error
from lumos.client.credentials import Token, find_token, forget_token, store_token
from lumos.client.errors import Refused, UsageError
from lumos.package.findings import Finding, Severity
from security_scan.rules import RULES
from tests.cli.conftest import BASE, ROOT, Shell
from tests.cli.registry import StaticRegistry


def test_an_error_is_three_lines_and_json_on_demand(shell: Shell) -> None:
    ran = shell.lumos("tools", "list", code=3)
    assert [line.split()[0] for line in ran.err.splitlines()] == ["error", "why", "try"]
    assert ran.out == ""
    error = shell.lumos("tools", "list", "--json", code=3).json["error"]
    assert error["type"] == "NotFound"
    assert error["try"] == "lumos init"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("run",), 2),
        (("frobnicate",), 2),
        (("add", "tool", "Not A Name"), 2),
        (("add", "tool", "demo/hello@banana"), 2),
        (("add", "tool", "demo/nothing"), 3),
        (("remove", "tool", "demo/nothing"), 3),
        (("whoami",), 4),
        (("publish", "nothing.whl"), 4),
        (("yank", "demo/hello", "--reason", "x"), 2),
        (("serve", "--http", "nowhere"), 2),
    ],
)
def test_exit_codes_say_what_kind_of_failure_it_was(
    project: Shell, arguments: tuple[str, ...], code: int
) -> None:
    project.lumos(*arguments, code=code)


def test_a_command_without_its_noun_is_told_the_whole_command(shell: Shell) -> None:
    said = shell.lumos("add", "csv-parser", code=2).err
    assert said.splitlines()[-1] == "  try  lumos add tool csv-parser"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("frobnicate",), "There is no command lumos frobnicate"),
        (("serch",), "Did you mean lumos tools search?"),
        (("list",), "Did you mean lumos tools list?"),
        (("tools", "lst"), "Did you mean lumos tools list?"),
        (("--nope",), "No such option: --nope"),
        (("run",), "Missing argument"),
        (("run", "hello", "--timeout", "-1"), "Invalid value"),
        (("run", "hello", "--jsn"), "--json"),
        (("add", "tool", "CSV_Parser"), "Did you mean csv-parser?"),
        (("new", "tool", "Bad_Name"), 'Try "bad-name"'),
    ],
)
def test_a_slip_of_the_fingers_is_three_lines_too(
    project: Shell, arguments: tuple[str, ...], words: str
) -> None:
    ran = project.lumos(*arguments, code=2)
    assert words in ran.err
    assert [line.split()[0] for line in ran.err.splitlines()] == ["error", "why", "try"]
    assert project.lumos(*arguments, "--json", code=2).json["error"]["type"] == "UsageError"


def test_what_a_registry_says_cannot_command_the_terminal(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello")
    path = registry.root / "index/demo/hello.json"
    path.write_text(path.read_text().replace('"1.0.0"', '"1.0.0\\u001b]0;pwned\\u0007"'))
    ran = project.lumos("add", "tool", "demo/hello", code=5)
    assert "\x1b" not in ran.err
    assert "\x07" not in ran.err


def test_a_call_that_fails_is_told_on_both_streams(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello")
    project.lumos("add", "tool", "demo/hello")
    ran = project.lumos("run", "hello", "{}", code=1)
    assert ran.json["error"]["type"] == "InvalidArguments"
    assert [line.split()[0] for line in ran.err.splitlines()] == ["error", "why", "try"]
    assert "not valid JSON" in project.lumos("run", "hello", "[" * 100_000, code=2).err


def test_a_registry_that_is_away_is_a_network_error(project: Shell) -> None:
    ran = project.lumos("add", "tool", "demo/hello", code=5, LUMOS_REGISTRY="http://127.0.0.1:9")
    assert "Connection refused" in ran.err
    assert "LUMOS_REGISTRY" in ran.err
    project.lumos("add", "tool", "demo/hello", code=5, LUMOS_REGISTRY="127.0.0.1")


def test_an_address_that_cannot_be_read_is_no_case_we_do_not_know(project: Shell) -> None:
    for address in ("http://[::1", "http://127.0.0.1:banana", "http://"):
        ran = project.lumos("add", "tool", "demo/hello", code=5, LUMOS_REGISTRY=address)
        assert "is not a valid registry URL" in ran.err


def test_what_the_registry_says_of_a_field_is_said_once() -> None:
    said = "Some of the input is missing or wrong. reason: This field may not be blank."
    problem = {"detail": said, "errors": {"reason": ["This field may not be blank."]}}
    answer = httpx2.Response(400, json=problem)
    assert problem_error(answer, root="http://127.0.0.1:9").why == said


def test_a_folder_is_there_and_is_no_wheel(project: Shell) -> None:
    ran = project.lumos("publish", str(project.folder), code=3, LUMOS_TOKEN="lmt_x")
    assert "is a folder." in ran.err


def test_the_lock_of_a_newer_command_is_not_to_be_deleted(project: Shell) -> None:
    (project.folder / "lumos.lock").write_text('schema = 2\nregistry = ""\n', "utf-8")
    ran = project.lumos("install", code=2)
    assert "lumos.lock was written by a newer lumos." in ran.err
    assert "lumos-cli" in ran.err
    assert "delete" not in ran.err


def test_a_tool_without_releases_is_no_reason_to_ask_again(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello")
    path = registry.root / "index/demo/hello.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "releases": []}), "utf-8")
    for command in (("tools", "info"), ("add", "tool")):
        ran = project.lumos(*command, "demo/hello", code=3 if command[0] == "tools" else 4)
        assert ran.err.splitlines()[-1] == "  try  lumos tools search hello"


def test_init_twice_keeps_the_file(project: Shell) -> None:
    project.lumos("init", code=2)


def test_quiet_says_nothing_and_no_color_means_none(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello")
    assert project.lumos("add", "tool", "demo/hello", "--quiet").err == ""
    ran = project.lumos("tools", "list", FORCE_COLOR="1")
    assert "\x1b[" in ran.out
    assert "\x1b[" not in project.lumos("tools", "list", FORCE_COLOR="1", NO_COLOR="1").out


def test_help_lists_exit_codes_and_environment(shell: Shell) -> None:
    text = shell.process("--help").out
    assert "130  interrupted with Ctrl-C" in text
    assert "LUMOS_REGISTRY" in text
    assert shell.lumos("--version").out.startswith("lumos ")


def test_the_command_starts_without_what_it_does_not_need() -> None:
    loaded = "import lumos.cli.main, sys; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", loaded],
        env={**BASE, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"mcp", "httpx2", "rich", "jsonschema", "tomlkit", "resolvelib", "keyring", "pydantic"}
    assert not heavy & set(done.stdout.split())


def test_running_a_tool_never_imports_the_slow_parts(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello")
    project.lumos("add", "tool", "demo/hello")
    ran = project.process("run", "hello", '{"name": "A"}', PYTHONPROFILEIMPORTTIME="1")
    loaded = set(re.findall(r"\| +(\S+)$", ran.err, re.MULTILINE))
    assert "jsonschema" in loaded
    assert not {"mcp", "httpx2", "rich.console", "tomlkit", "rfc3987_syntax.syntax"} & loaded


def test_ctrl_c_ends_with_130_and_leaves_nothing(project: Shell, registry: StaticRegistry) -> None:
    code = '''"""Sleeps."""
import time
from dataclasses import dataclass

@dataclass
class Greeting:
    text: str

def hello(name: str, times: int = 1) -> Greeting:
    """Greet someone."""
    print("asleep", flush=True)
    time.sleep(60)
    return Greeting(name)
'''
    registry.publish("demo/hello", code=code)
    project.lumos("add", "tool", "demo/hello")
    process = subprocess.Popen(
        [sys.executable, "-m", "lumos.cli", "run", "hello", '{"name": "A"}'],
        cwd=project.folder,
        env={**BASE, **project.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "asleep\n"
    process.send_signal(2)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_the_strip_has_five_bars_and_never_a_zero_for_what_was_not_measured() -> None:
    lines = strip({"security": 96, "performance": 40, "compatibility": None}).splitlines()
    assert [line.split()[0] for line in lines] == [
        "security",
        "performance",
        "compatibility",
        "documentation",
        "overall",
    ]
    assert "96" in lines[0]
    assert "target above 85" in lines[1]
    assert all("[" in line and "not measured" in line for line in lines[2:])


def test_a_finding_says_rule_place_why_fix_and_docs() -> None:
    finding = Finding(
        rule="compatibility/version-too-low",
        severity=Severity.HIGH,
        message="1.0.1 must be at least 2.0.0.",
        why="Agents would break.",
        fix="Publish it as 2.0.0.",
        file="demo_hello/functions.json",
        line=7,
        evidence={
            "changes": [
                {
                    "function": "hello",
                    "path": "input.title",
                    "before": None,
                    "after": {"type": "string"},
                    "message": "title was added and is required.",
                }
            ]
        },
    )
    text = show_findings([finding], root="http://r")
    for part in (
        "compatibility/version-too-low  demo_hello/functions.json:7",
        "why  Agents would break.",
        "fix  Publish it as 2.0.0.",
        'hello.input.title: null -> {"type": "string"}',
        "docs http://r/docs/rules/compatibility/version-too-low",
    ):
        assert part in text


def test_findings_are_grouped_by_what_they_do_to_the_release() -> None:
    rules = ("metadata/keywords", "files/native-code", "metadata/readme-missing", "archive/gap")
    found = [RULES[rule].finding("Something.") for rule in rules]
    text = show_findings(found, root="http://r")
    order = (
        "Blocking findings",
        "archive/gap",
        "Held for review",
        "files/native-code",
        "Other findings (not blocking)",
        "metadata/readme-missing",
        "metadata/keywords",
    )
    assert sorted(order, key=text.index) == list(order)


@pytest.fixture
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUMOS_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr("lumos.client.credentials._keyring", lambda: None)
    monkeypatch.delenv("LUMOS_TOKEN", raising=False)
    return tmp_path


def test_a_token_is_kept_in_a_file_that_only_its_owner_reads(own_config: Path) -> None:
    place = store_token("http://r", "lmt_secret")
    assert os.stat(place).st_mode & 0o777 == 0o600
    assert find_token("http://r") == Token("lmt_secret", place)
    assert find_token("http://other") is None
    assert "secret" not in repr(find_token("http://r"))
    assert forget_token("http://r")
    assert not forget_token("http://r")


def test_a_token_file_that_others_read_is_refused(own_config: Path) -> None:
    os.chmod(store_token("http://r", "lmt_secret"), 0o644)
    with pytest.raises(Refused, match="Other users can read"):
        find_token("http://r")
    with pytest.raises(UsageError):
        store_token("http://r", "two words")


def test_the_environments_token_comes_first(
    own_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_token("http://r", "lmt_stored")
    monkeypatch.setenv("LUMOS_TOKEN", "lmt_env")
    assert find_token("http://r") == Token("lmt_env", "LUMOS_TOKEN")
