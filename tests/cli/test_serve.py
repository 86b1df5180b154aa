"""Any agent can use a project's tools: the real MCP client against the real command."""

from __future__ import annotations

import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.cli.conftest import BASE, Shell
from tests.cli.registry import StaticRegistry
from tests.package.wheels import function_spec

CODE = '''"""Several functions."""
import os

COUNT = 0


def echo(text: str) -> list[str]:
    """Say it back."""
    global COUNT
    COUNT += 1
    print("noise on stdout")
    return [text, str(COUNT)]


def fail(text: str) -> list[str]:
    """Fail."""
    if text == "die":
        os._exit(7)
    raise ValueError(f"no {text}")
'''


HINTS = "read_only = true\nopen_world = false\ndeterministic = true\n"


def spec(name: str) -> dict[str, Any]:
    return function_spec(
        name,
        description=f"Does {name}.",
        input_schema={
            "type": "object",
            "properties": {"text": {"type": "string"}},
            "required": ["text"],
        },
        output_schema={
            "type": "object",
            "properties": {"result": {"type": "array", "items": {"type": "string"}}},
            "required": ["result"],
        },
        hints={"read_only": True, "open_world": False, "deterministic": True},
        wrapped=True,
    )


def manifest(package: str) -> str:
    functions = "".join(
        f'[functions.{name}]\nentry = "{package}:{name}"\n{HINTS}' for name in ("echo", "fail")
    )
    return f'schema = 1\ntitle = "Words"\ncategory = "utility"\npermissions = []\n{functions}'


@pytest.fixture
def agent(project: Shell, registry: StaticRegistry) -> Callable[..., None]:
    """Runs ``work(session)`` with a client connected to ``lumos serve`` in the project."""
    specs = [spec("echo"), spec("fail")]
    for name in ("demo/words", "demo/other"):
        package = name.replace("/", "_")
        registry.publish(name, code=CODE, manifest=manifest(package), functions=specs)
    registry.publish("demo/hello", dependencies=["demo-words>=1"])

    def run(*tools: str, work: Callable[[ClientSession], Awaitable[None]]) -> None:
        project.lumos("add", "tool", *tools)
        anyio.run(_connected, project, work)

    return run


async def _connected(shell: Shell, work: Callable[[ClientSession], Awaitable[None]]) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "lumos.cli", "serve"],
        cwd=str(shell.folder),
        env={**BASE, **shell.environment},
    )
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        await session.initialize()
        await work(session)


def test_functions_are_listed_with_their_schemas_and_hints(agent: Any) -> None:
    async def work(session: ClientSession) -> None:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert sorted(tools) == ["echo", "fail"]
        echo = tools["echo"]
        assert echo.description == "Does echo."
        assert echo.input_schema == spec("echo")["input_schema"]
        assert echo.output_schema == spec("echo")["output_schema"]
        assert echo.annotations is not None
        assert (echo.annotations.read_only_hint, echo.annotations.open_world_hint) == (True, False)
        assert "deterministic" not in echo.annotations.model_dump_json()  # not a hint of MCP

    agent("demo/words", work=work)


def test_an_address_that_is_taken_is_said_in_three_lines(project: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = project.lumos("serve", "--http", address, code=1)
    assert [line.split()[0] for line in ran.err.splitlines()[-3:]] == ["error", "why", "try"]
    assert f"Could not listen on {address}." in ran.err
    assert "Serving" not in ran.out + ran.err


def test_dependencies_are_installed_and_not_offered(agent: Any) -> None:
    async def work(session: ClientSession) -> None:
        assert [tool.name for tool in (await session.list_tools()).tools] == ["hello"]

    agent("demo/hello", work=work)


def test_functions_of_one_name_get_the_name_of_their_tool(agent: Any) -> None:
    async def work(session: ClientSession) -> None:
        names = [tool.name for tool in (await session.list_tools()).tools]
        assert names == ["other__echo", "other__fail", "words__echo", "words__fail"]
        answer = await session.call_tool("other__echo", {"text": "a"})
        assert answer.structured_content == {"result": ["a", "1"]}

    agent("demo/words", "demo/other", work=work)


def test_calls_are_warm_and_a_crash_is_survived(agent: Any) -> None:
    async def work(session: ClientSession) -> None:
        for count in ("1", "2"):
            answer = await session.call_tool("echo", {"text": "a"})
            assert answer.structured_content == {"result": ["a", count]}
            assert not answer.is_error
        refused = await session.call_tool("echo", {"txt": 1})
        assert refused.is_error
        assert "did you mean text?" in refused.content[0].text  # type: ignore[union-attr]
        failed = await session.call_tool("fail", {"text": "x"})
        assert failed.is_error
        assert failed.content[0].text.startswith("ValueError: no x")  # type: ignore[union-attr]
        died = await session.call_tool("fail", {"text": "die"})
        assert "status 7" in died.content[0].text  # type: ignore[union-attr]
        again = await session.call_tool("echo", {"text": "b"})
        assert again.structured_content == {"result": ["b", "1"]}
        assert (await session.call_tool("nothing", {})).is_error

    agent("demo/words", work=work)
