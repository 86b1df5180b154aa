"""The main job of a user: from an empty folder to a tool that runs."""

from __future__ import annotations

import json
import tomllib

from tests.cli.conftest import Shell
from tests.cli.registry import StaticRegistry

GREETING = '{"name": "Ada"}'


def test_an_empty_folder_becomes_a_project_that_runs_a_tool(
    shell: Shell, registry: StaticRegistry
) -> None:
    wheel = registry.publish("demo/hello")
    shell.process("init")
    shell.process("add", "tool", "demo/hello")

    assert tomllib.loads(shell.read("lumos.toml"))["tools"] == [
        {
            "name": "hello",
            "version": "^1.0",
            "source": {"type": "marketplace", "package": "demo/hello"},
        }
    ]
    locked = tomllib.loads(shell.read("lumos.lock"))
    assert locked["registry"] == registry.url
    assert locked["tools"][0]["sha256"] == wheel.sha256
    assert locked["tools"][0]["url"].startswith("files/")
    ran = shell.process("run", "demo/hello", GREETING)
    answer = ran.json
    assert answer.pop("execution_time_ms") >= 0
    assert answer == {
        "tool_name": "demo/hello",
        "success": True,
        "result": {"text": "Hello Ada"},
    }
    assert ran.out.count("\n") == 1
    assert all(path.startswith(("/index/", "/files/")) for path in registry.requests)


def test_a_dependency_comes_along_and_goes_again(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/base", "1.4.0")
    registry.publish("demo/base", "2.0.0")
    registry.publish("demo/hello", dependencies=["demo-base>=1.0,<2"])
    project.lumos("add", "tool", "demo/hello")
    listed = project.lumos("tools", "list", "--json").json["tools"]
    assert [(each["tool"], each["version"], each["needed_by"]) for each in listed] == [
        ("demo/hello", "1.0.0", None),
        ("demo/base", "1.4.0", "demo/hello"),
    ]
    assert project.lumos("run", "base", GREETING, code=3).json["success"] is False
    project.lumos("run", "demo/base", GREETING)

    before = len(registry.requests)
    project.lumos("remove", "tool", "hello")
    assert len(registry.requests) == before
    assert "tools" not in tomllib.loads(project.read("lumos.toml"))
    assert project.lumos("tools", "list", "--json").json["tools"] == []
    assert not list(project.folder.glob(".lumos/env/lib/*/site-packages/demo_*"))


def test_arguments_are_checked_field_by_field(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello")
    project.lumos("add", "tool", "demo/hello")
    ran = project.lumos("run", "demo/hello", '{"times": "often", "nmae": 1}', code=1)
    assert ran.json["success"] is False
    assert ran.json["error"]["type"] == "InvalidArguments"
    assert ran.json["error"]["message"].splitlines() == [
        "nmae: unknown argument; did you mean name?",
        'times: must be a whole number, but it is "often".',
        "name: is required.",
    ]


def test_a_function_that_raises_is_a_failure_and_no_crash(
    project: Shell, registry: StaticRegistry
) -> None:
    code = '''"""Fails."""
import sys
from dataclasses import dataclass

@dataclass
class Greeting:
    text: str

def hello(name: str, times: int = 1) -> Greeting:
    """Greet someone."""
    print("words of the tool")
    if name == "exit":
        sys.exit(3)
    raise ValueError(f"no {name}")
'''
    registry.publish("demo/hello", code=code)
    project.lumos("add", "tool", "demo/hello")
    ran = project.process("run", "demo/hello.hello", GREETING, code=1)
    assert ran.json["error"] == {"type": "ValueError", "message": "no Ada"}
    assert ran.json["result"] is None
    assert "words of the tool" in ran.err
    ran = project.lumos("run", "demo/hello", '{"name": "exit"}', code=1)
    assert ran.json["success"] is False


def test_arguments_may_come_from_stdin_or_a_file(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello")
    project.lumos("add", "tool", "demo/hello")
    (project.folder / "in.json").write_text(GREETING)
    for ran in (
        project.lumos("run", "hello", "-", stdin=GREETING),
        project.lumos("run", "hello", "--input", "in.json"),
    ):
        assert ran.json["result"] == {"text": "Hello Ada"}
    assert "not valid JSON" in project.lumos("run", "hello", "{name: 1}", code=2).err


def test_a_slow_function_is_stopped(project: Shell, registry: StaticRegistry) -> None:
    code = '''"""Sleeps."""
import time
from dataclasses import dataclass

@dataclass
class Greeting:
    text: str

def hello(name: str, times: int = 1) -> Greeting:
    """Greet someone."""
    time.sleep(60)
    return Greeting(name)
'''
    registry.publish("demo/hello", code=code)
    project.lumos("add", "tool", "demo/hello")
    ran = project.lumos("run", "demo/hello", GREETING, "--timeout", "0.4", code=1)
    assert ran.json["error"]["type"] == "TimeoutError"


def test_a_tool_gets_its_settings_and_nothing_else_of_the_environment(
    project: Shell, registry: StaticRegistry
) -> None:
    code = '''"""Looks around."""
import json
import os
from dataclasses import dataclass

@dataclass
class Greeting:
    text: str

def hello(name: str, times: int = 1) -> Greeting:
    """Greet someone."""
    return Greeting(json.dumps(dict(os.environ)))
'''
    manifest = """schema = 1
title = "Hello"
category = "utility"
permissions = ["environment:EXTRA"]

[settings.API_KEY]
description = "The key of the service"
required = true
secret = true

[settings.REGION]
description = "Where"

[functions.hello]
entry = "demo_hello:hello"
read_only = true
"""
    registry.publish("demo/hello", code=code, manifest=manifest)
    project.lumos("add", "tool", "demo/hello")
    ran = project.lumos("run", "hello", GREETING, code=2)
    assert "API_KEY: The key of the service" in ran.err
    toml = project.read("lumos.toml") + '\n[tools.config]\nREGION = "eu"\n'
    (project.folder / "lumos.toml").write_text(toml)
    ran = project.lumos(
        "run", "hello", GREETING, API_KEY="k", EXTRA="e", OTHER="o", LUMOS_TOKEN="lmt_secret"
    )
    seen = json.loads(ran.json["result"]["text"])
    assert (seen["API_KEY"], seen["REGION"], seen["EXTRA"]) == ("k", "eu", "e")
    assert "OTHER" not in seen
    assert not any(name.startswith("LUMOS") for name in seen)
