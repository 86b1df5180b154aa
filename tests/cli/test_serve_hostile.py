"""No tool can break the protocol, stop other tools, or stay behind when the agent leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import ClientSession
from mcp.shared.exceptions import MCPError

from tests.cli.conftest import BASE, Shell
from tests.cli.registry import StaticRegistry
from tests.cli.test_serve import _connected, spec

CODE = '''"""Functions that misbehave."""
import asyncio
import os
import sys
import time
from pathlib import Path


def note(text: str) -> list[str]:
    """Write down who runs."""
    Path(text).write_text(str(os.getpid()))
    return [text]


def chatter(text: str) -> list[str]:
    """Print, on every stream, also what looks like the protocol."""
    print('{"jsonrpc": "2.0", "id": 1, "result": {}}', flush=True)
    os.write(1, b'{"jsonrpc": "2.0"}\\\\n')
    sys.__stdout__.write("x" * 100_000)
    return [text, sys.stdin.read()]


def forge(text: str) -> list[str]:
    """Answer on the runner's own pipe, rightly and wrongly."""
    for number in range(3, 40):
        try:
            os.write(number, b'{"id": 1, "ok": true, "value": ["forged"]}\\\\n')
            if text == "junk":
                os.write(number, b"no json at all\\\\n")
        except OSError:
            continue
    return ["honest"]


def fork(text: str) -> list[str]:
    """Leave a child behind."""
    child = os.fork()
    if child == 0:
        time.sleep(600)
    Path(text).write_text(str(child))
    return [text]


def hang(text: str) -> list[str]:
    """Never end."""
    Path(text).write_text(str(os.getpid()))
    while True:
        time.sleep(600)


def end(text: str) -> list[str]:
    """End the process."""
    sys.exit(int(text))


def big(text: str) -> list[str]:
    """Return much."""
    return ["x" * 1_000_000] * int(text)


def lie(text: str) -> list[str]:
    """Return what the schema does not allow."""
    return {"no": "list"}


async def later(text: str) -> list[str]:
    """Be asynchronous."""
    await asyncio.sleep(0)
    return [text]
'''.replace("\\\\n", "\\n")
FUNCTIONS = ("note", "chatter", "forge", "fork", "hang", "end", "big", "lie", "later")


@pytest.fixture
def agent(project: Shell, registry: StaticRegistry) -> Callable[..., None]:
    """Runs ``work(session)`` against `lumos serve` with the tool that misbehaves, and another."""
    entries = "".join(f'[functions.{name}]\nentry = "demo_bad:{name}"\n' for name in FUNCTIONS)
    registry.publish(
        "demo/bad",
        code=CODE,
        manifest=f'schema = 1\ntitle = "Bad"\ncategory = "utility"\npermissions = []\n{entries}',
        functions=[{**spec(name), "hints": {}} for name in FUNCTIONS],
    )
    registry.publish("demo/hello")
    project.lumos("add", "tool", "demo/bad", "demo/hello")

    def run(work: Callable[[ClientSession], Awaitable[None]]) -> None:
        anyio.run(_connected, project, work)

    return run


def text_of(answer: Any) -> str:
    return str(answer.content[0].text)


async def pid_in(path: Path) -> int:
    """The number that a tool wrote down, as soon as it did."""
    with anyio.fail_after(30):
        while not path.exists() or not path.read_text():
            await anyio.sleep(0.02)
    return int(path.read_text())


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # ended before the opening, or before the read
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def assert_ends(pid: int) -> None:
    for _ in range(500):
        if not is_running(pid):
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} is still there")


def test_what_a_tool_prints_or_reads_is_not_the_protocol(agent: Any) -> None:
    async def work(session: ClientSession) -> None:
        for _ in range(3):
            answer = await session.call_tool("chatter", {"text": "a"})
            assert answer.structured_content == {"result": ["a", ""]}
        answer = await session.call_tool("hello", {"name": "Ada"})
        assert answer.structured_content == {"text": "Hello Ada"}

    agent(work)


def test_a_tool_that_writes_on_the_runners_pipe_hurts_itself_alone(agent: Any) -> None:
    async def work(session: ClientSession) -> None:
        answer = await session.call_tool("forge", {"text": "more"})
        assert answer.structured_content == {"result": ["honest"]}
        answer = await session.call_tool("forge", {"text": "junk"})
        assert answer.is_error
        assert "not JSON" in text_of(answer)
        answer = await session.call_tool("later", {"text": "b"})
        assert answer.structured_content == {"result": ["b"]}

    agent(work)


def test_an_end_and_a_lie_are_errors_of_the_tool(agent: Any) -> None:
    async def work(session: ClientSession) -> None:
        ended = await session.call_tool("end", {"text": "3"})
        assert ended.is_error
        lied = await session.call_tool("lie", {"text": "3"})
        assert lied.is_error
        assert "output schema" in text_of(lied)
        answer = await session.call_tool("later", {"text": "b"})
        assert answer.structured_content == {"result": ["b"]}

    agent(work)


def test_a_big_result_arrives_whole_and_a_bigger_one_is_refused(agent: Any) -> None:
    async def work(session: ClientSession) -> None:
        answer = await session.call_tool("big", {"text": "4"})
        assert answer.structured_content is not None
        assert sum(map(len, answer.structured_content["result"])) == 4_000_000
        answer = await session.call_tool("big", {"text": "70"})
        assert answer.is_error
        assert "larger than" in text_of(answer)
        answer = await session.call_tool("later", {"text": "b"})
        assert answer.structured_content == {"result": ["b"]}

    agent(work)


def test_a_cancelled_call_ends_its_tool_and_no_other(agent: Any, tmp_path: Path) -> None:
    async def work(session: ClientSession) -> None:
        async with anyio.create_task_group() as calls:
            calls.start_soon(session.call_tool, "hang", {"text": str(tmp_path / "pid")})
            hanging = await pid_in(tmp_path / "pid")
            answer = await session.call_tool("hello", {"name": "Ada"})
            assert not answer.is_error
            calls.cancel_scope.cancel()
        await anyio.to_thread.run_sync(assert_ends, hanging)
        answer = await session.call_tool("later", {"text": "b"})
        assert answer.structured_content == {"result": ["b"]}

    agent(work)


def test_a_call_that_the_client_gives_up_on_does_not_block_the_next(
    agent: Any, tmp_path: Path
) -> None:
    async def work(session: ClientSession) -> None:
        with pytest.raises(MCPError):
            await session.call_tool("hang", {"text": str(tmp_path / "pid")}, read_timeout_seconds=3)
        await anyio.to_thread.run_sync(assert_ends, await pid_in(tmp_path / "pid"))
        answer = await session.call_tool("later", {"text": "b"})
        assert answer.structured_content == {"result": ["b"]}

    agent(work)


def test_nothing_stays_behind_when_the_agent_leaves(agent: Any, tmp_path: Path) -> None:
    left: list[int] = []

    async def work(session: ClientSession) -> None:
        await session.call_tool("fork", {"text": str(tmp_path / "child")})
        await session.call_tool("note", {"text": str(tmp_path / "tool")})
        left.extend([await pid_in(tmp_path / "child"), await pid_in(tmp_path / "tool")])

    agent(work)
    for pid in left:
        assert_ends(pid)


class TestTheProcess:
    """`lumos serve` as an agent starts it, without a client library that is kind to it."""

    @pytest.fixture
    def hanging(self, agent: Any, project: Shell, tmp_path: Path) -> tuple[Any, int]:
        """A server in the middle of a call that never ends, and the tool's process."""
        server = subprocess.Popen(
            [sys.executable, "-m", "lumos.cli", "serve"],
            cwd=project.folder,
            env={**BASE, **project.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert server.stdin is not None
        assert server.stdout is not None
        about = {"protocolVersion": "2025-06-18", "capabilities": {}}
        who = {"clientInfo": {"name": "test", "version": "1"}}
        self.say(server, id=1, method="initialize", params={**about, **who})
        assert json.loads(server.stdout.readline())["id"] == 1
        self.say(server, method="notifications/initialized")
        arguments = {"text": str(tmp_path / "pid")}
        self.say(server, id=2, method="tools/call", params={"name": "hang", "arguments": arguments})
        return server, anyio.run(pid_in, tmp_path / "pid")

    def say(self, server: Any, **message: Any) -> None:
        server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        server.stdin.flush()

    def test_the_end_of_its_input_ends_it_and_the_tool(self, hanging: tuple[Any, int]) -> None:
        server, tool = hanging
        out, err = server.communicate(timeout=30)
        assert server.returncode == 0
        assert b"Traceback" not in err
        assert all(json.loads(line)["jsonrpc"] == "2.0" for line in out.splitlines())
        assert_ends(tool)

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
    def test_a_signal_ends_it_and_the_tool(
        self, hanging: tuple[Any, int], number: int, code: int
    ) -> None:
        server, tool = hanging
        os.kill(server.pid, number)
        _, err = server.communicate(timeout=30)
        assert server.returncode == code
        assert b"Traceback" not in err
        assert_ends(tool)
