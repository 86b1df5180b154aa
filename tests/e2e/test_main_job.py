"""The main job, end to end: from an empty folder to an installed, running tool."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client

from tests.cli.conftest import BASE, ROOT, Shell
from tests.support import assert_ok
from tests.support.machine import Machine
from tests.support.machines import Machines
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]


@pytest.fixture(scope="module")
def site(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A marketplace with its workers."""
    with machines.machine(tmp_path_factory.mktemp("site")) as machine:
        machine.start("web")
        machine.start_workers()
        yield machine
        print(machine.logs())


@pytest.fixture(scope="module")
def shell(site: Machine, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Alice's terminal."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "home").mkdir()
    return Shell(
        folder,
        {
            "LUMOS_REGISTRY": site.url, "LUMOS_TOKEN": site.alice.token, "NO_COLOR": "1",
            "HOME": str(folder / "home"), "PYTHONPATH": str(ROOT),
        },
    )  # fmt: skip


@pytest.fixture(scope="module")
def greeter(shell: Shell) -> Shell:
    """demo/greeter, made with `lumos new tool` and published with `lumos publish`."""
    shell.process("new", "tool", "demo/greeter")
    project = Shell(shell.folder / "greeter", shell.environment)
    project.process("publish")
    return project


def _refused(shell: Shell, *arguments: str) -> str:
    """What a command that must fail says."""
    done = subprocess.run(
        [sys.executable, "-m", "lumos.cli", *arguments],
        cwd=shell.folder, env={**BASE, **shell.environment}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode not in (0, 130), done.stdout
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_what_was_published_is_live_searchable_and_on_its_page(
    greeter: Shell, site: Machine
) -> None:
    tool = assert_ok(site.alice.get("/api/v1/tools/demo/greeter"))
    assert tool["scores"]["performance"] is not None
    search = "/api/v1/search?q=greeter"
    wait_for("it is searchable", lambda: site.alice.get(search).json()["total"] == 1)
    assert site.alice.get("/tools/demo/greeter/").status == 200


def test_the_same_again_is_told_where_the_release_is(greeter: Shell) -> None:
    said = _refused(greeter, "publish")
    assert "/tools/demo/greeter/" in said
    assert "version" in said.lower()


@pytest.fixture(scope="module")
def project(greeter: Shell, shell: Shell, site: Machine) -> Shell:
    """An agent's project with the tool installed."""
    folder = shell.folder / "agent"
    folder.mkdir()
    project = Shell(folder, {**shell.environment, "LUMOS_TOKEN": ""})
    wait_for("the index", lambda: site.alice.get("/index/demo/greeter.json").status == 200)
    project.process("init")
    project.process("add", "tool", "demo/greeter")
    return project


def test_an_empty_folder_gets_a_project_a_lock_and_an_environment(project: Shell) -> None:
    for name in ("lumos.toml", "lumos.lock", ".lumos/env"):
        assert (project.folder / name).exists(), name
    assert "demo/greeter" in (project.folder / "lumos.toml").read_text()
    assert re.search(r"[0-9a-f]{64}", (project.folder / "lumos.lock").read_text())


def test_the_tool_runs_and_answers_in_json(project: Shell, site: Machine) -> None:
    release = assert_ok(site.alice.get("/api/v1/tools/demo/greeter"))["release"]
    example = release["functions"][0]["examples"][0]
    answer = project.process("run", "demo/greeter", json.dumps(example["input"])).json
    assert answer["success"] is True
    assert answer["execution_time_ms"] >= 0
    if "output" in example:
        assert answer["result"] == example["output"]


def test_an_mcp_client_lists_the_functions_and_calls_one(project: Shell, site: Machine) -> None:
    release = assert_ok(site.alice.get("/api/v1/tools/demo/greeter"))["release"]
    function = release["functions"][0]
    arguments = function["examples"][0]["input"]

    async def talk() -> None:
        server = StdioServerParameters(
            command=sys.executable, args=["-m", "lumos.cli", "serve"],
            env={**BASE, **project.environment}, cwd=str(project.folder),
        )  # fmt: skip
        async with stdio_client(server) as streams, ClientSession(*streams) as session:
            await session.initialize()
            listed = (await session.list_tools()).tools
            assert len(listed) == 1
            assert listed[0].name.endswith(function["name"])
            called = await session.call_tool(listed[0].name, arguments)
            assert not called.is_error, called

    anyio.run(talk)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_mcp_client_finds_the_tool_in_the_marketplace_itself(
    greeter: Shell, site: Machine, mode: Literal["auto", "legacy"]
) -> None:
    wait_for(
        "it is searchable",
        lambda: site.alice.get("/api/v1/search?q=greeter").json()["total"] == 1,
    )

    async def talk() -> None:
        async with Client(f"{site.url}/mcp/", mode=mode) as client:
            called = await client.call_tool("search_tools", {"query": "greeter"})
            assert called.structured_content is not None
            (found,) = called.structured_content["tools"]
            called = await client.call_tool("tool_details", {"tool": found["tool"]})
            assert called.structured_content is not None
            (function,) = called.structured_content["functions"]
            assert function["input_schema"]["type"] == "object"

    anyio.run(talk)


def test_a_breaking_change_with_a_patch_bump_is_refused_with_the_difference(
    greeter: Shell, site: Machine
) -> None:
    source = next((greeter.folder / "src").rglob("__init__.py"))
    text = source.read_text()
    code = re.sub(r"def (\w+)\((\w+)(: \w+)", r"def \1(mood: str, \2\3", text, count=1)
    code = re.sub(r"(\n    Args:\n)", r"\1        mood: How.\n", code, count=1)
    assert code != text, text
    source.write_text(code)
    for path in (*greeter.folder.glob("pyproject.toml"), *greeter.folder.rglob("tool.toml")):
        written = path.read_text()
        patch = r'^(version = "\d+\.\d+)\.\d+"'
        written = re.sub(patch, r'\1.99"', written, flags=re.MULTILINE)
        written = re.sub(r"input = \{ ", 'input = { mood = "glad", ', written)
        path.write_text(written)
    greeter.process("build")
    assert "mood" in _refused(greeter, "publish")
    versions = site.alice.get("/index/demo/greeter.json").json()["releases"]
    assert len(versions) == 1


def test_installs_go_on_from_another_web_server_while_the_marketplace_is_stopped(
    project: Shell, site: Machine, tmp_path: Path
) -> None:
    from tests.registry.servers import served

    for name in list(site.processes):
        site.kill(name)
    (tmp_path / "agent").mkdir()
    with served("http.server", site.data / "public", tmp_path / "server") as address:
        other = Shell(
            tmp_path / "agent",
            {**project.environment, "LUMOS_REGISTRY": address, "HOME": str(tmp_path)},
        )
        other.process("init")
        other.process("add", "tool", "demo/greeter")
        assert (other.folder / "lumos.lock").exists()
