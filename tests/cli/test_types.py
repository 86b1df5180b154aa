"""A tool's types over `lumos build`, `run` and `serve`: one answer, whichever way it is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import ClientSession

from tests.cli.conftest import Shell
from tests.cli.registry import StaticRegistry
from tests.cli.test_serve import _connected

CODE = '''"""Types of many kinds."""

import datetime
import math
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Annotated


@dataclass
class Cat:
    name: str
    lives: int = 9


@dataclass
class Dog:
    name: str
    breed: str = "mixed"


def pet(animal: Cat | Dog) -> str:
    """Name the kind of an animal."""
    return type(animal).__name__


def mean(values: list[float]) -> float:
    """The mean of numbers."""
    return sum(values) / len(values) if values else math.nan


def day(address: IPv4Address, city: Annotated[str, "the city's name"]) -> datetime.date:
    """A day."""
    return datetime.date(2026, 1, int(address) % 28)


def wrong(text: str) -> int:
    """A result of another type than it says."""
    return text


def fail(kind: str) -> int:
    """Fail."""
    if kind == "key":
        raise KeyError("Rome")
    if kind == "exit":
        raise SystemExit(3)
    raise ExceptionGroup("unhandled errors in a TaskGroup", [ValueError("bad")])
'''
FUNCTIONS = ("pet", "mean", "day", "wrong", "fail")
MANIFEST = 'schema = 1\ntitle = "Types"\ncategory = "utility"\npermissions = []\n' + "".join(
    f'[functions.{name}]\nentry = "demo_types:{name}"\n' for name in FUNCTIONS
)
CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("pet", {"animal": {"name": "Rex", "breed": "lab"}}, "Dog"),
    ("day", {"address": "0.0.0.5", "city": "Rome"}, "2026-01-05"),
    ("mean", {"values": [1, 2]}, 1.5),
]
ERRORS = [
    ("mean", {"values": []}, "The function returned nan, which is not a number in JSON."),
    ("wrong", {"text": "x"}, "wrong returned a value that does not match its output schema"),
    ("fail", {"kind": "key"}, "KeyError: 'Rome'"),
    ("fail", {"kind": "exit"}, "SystemExit: 3"),
    ("fail", {"kind": "group"}, "unhandled errors in a TaskGroup: ValueError: bad"),
    ("pet", {"animal": {"name": "Rex", "legs": 4}}, "animal"),
    ("day", {"address": "x", "city": "Rome"}, "The argument address must be an IPv4 address"),
]


@pytest.fixture
def tool(shell: Shell) -> Shell:
    """A shell in a new tool project demo/types whose code is CODE."""
    shell.lumos("new", "tool", "demo/types")
    inside = shell.inside("types")
    (inside.folder / "src/demo_types/__init__.py").write_text(CODE)
    (inside.folder / "src/demo_types/tool.toml").write_text(MANIFEST)
    return inside


def test_run_and_serve_give_the_same_answers_and_the_same_errors(
    shell: Shell, tool: Shell, registry: StaticRegistry
) -> None:
    built = tool.lumos("build", "--json").json
    wheel = registry.publish_wheel(Path(built["wheel"]))
    schemas = {spec.name: spec.input_schema for spec in wheel.functions}
    assert schemas["day"]["properties"]["city"]["description"] == "the city's name"
    shell.lumos("init")
    shell.lumos("add", "tool", "demo/types")
    for name, arguments, expected in CALLS:
        ran = shell.lumos("run", f"types.{name}", json.dumps(arguments)).json
        assert (ran["success"], ran["result"]) == (True, expected)
    for name, arguments, text in ERRORS:
        failed = shell.lumos("run", f"types.{name}", json.dumps(arguments), code=1)
        assert failed.json["success"] is False
        assert text in failed.err, failed.err

    async def work(session: ClientSession) -> None:
        for name, arguments, expected in CALLS:
            answer = await session.call_tool(name, arguments)
            assert answer.structured_content == {"result": expected}
        for name, arguments, text in ERRORS:
            answer = await session.call_tool(name, arguments)
            assert answer.is_error
            assert text in answer.content[0].text  # type: ignore[union-attr]

    anyio.run(_connected, shell, work)


def test_a_type_that_cannot_be_kept_is_refused_at_build_by_parameter(tool: Shell) -> None:
    code = "import enum\n\nclass Access(enum.Flag):\n    READ = 1\n    WRITE = 2\n\n"
    code += 'def pet(access: Access) -> int:\n    """Use it."""\n    return 1\n'
    (tool.folder / "src/demo_types/__init__.py").write_text(code)
    manifest = MANIFEST.partition("[functions.mean]")[0]
    (tool.folder / "src/demo_types/tool.toml").write_text(manifest)
    ran = tool.lumos("build", code=1)
    assert "has the parameter access, whose type Access cannot be kept" in ran.err
    assert "src/demo_types/__init__.py:7" in ran.err
