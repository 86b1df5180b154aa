"""``run`` calls one function; ``serve`` serves all functions of the project over MCP."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lumos.cli.output import out

if TYPE_CHECKING:
    from lumos.runtime.host import ToolHost

__all__ = ["run", "serve"]


def run(
    target: Annotated[
        str, typer.Argument(help="TOOL or TOOL.FUNCTION.", metavar="TOOL[.FUNCTION]")
    ],
    arguments: Annotated[
        str | None, typer.Argument(help="Arguments as JSON, or - to read stdin.", metavar="JSON")
    ] = None,
    input_file: Annotated[
        Path | None, typer.Option("--input", help="Read the arguments from a JSON file.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(help="Stop the function after this many seconds.", min=0.001)
    ] = None,
) -> None:
    """Call a function of a tool and print the result as JSON."""
    from lumos.cli.errors import show_error
    from lumos.client.errors import ExitCode, LumosError
    from lumos.runtime.call import call_once

    try:
        text = _argument_text(arguments, input_file)
        result = call_once(target, text, timeout=timeout)
    except LumosError as error:
        _print({**_answer(target), "error": error.as_dict()})
        out.as_json = False
        show_error(error)
        raise typer.Exit(error.exit_code) from error
    _print(result.as_dict())
    if result.trace:
        out.detail(result.trace)
    if not result.success:
        out.as_json = False
        if result.failure:
            show_error(result.failure)
        raise typer.Exit(ExitCode.FAILED)


def serve(
    http: Annotated[
        str, typer.Option("--http", help="Serve HTTP at HOST:PORT instead of stdio.")
    ] = "",
    timeout: Annotated[
        float | None, typer.Option(help="Stop a function after this many seconds.", min=0.001)
    ] = None,
) -> None:
    """Serve the project's functions over MCP (stdio or HTTP)."""
    from lumos.client.project import find_project
    from lumos.runtime.host import ToolHost

    host = ToolHost(find_project(), timeout=timeout)
    try:
        if not host.offers:
            out.say("This project has no tools yet. Next: lumos add tool csv-parser")
        _serve(host, http)
    finally:
        host.close()


def _serve(host: ToolHost, http: str) -> None:
    import anyio

    from lumos.runtime.server import listening, serve_http, serve_stdio

    if not http:
        with _exit_on_sigterm(host):
            anyio.run(serve_stdio, host)
        return
    address, port = _address(http)
    with listening(address, port) as listener:
        literal = f"[{address}]" if ":" in address else address
        port = listener.getsockname()[1]
        out.say(f"Serving {len(host.offers)} functions at http://{literal}:{port}/mcp")
        serve_http(host, listener, address=address)


@contextmanager
def _exit_on_sigterm(host: ToolHost) -> Iterator[None]:
    """On SIGTERM, which agents send, kill the tools and exit at once.

    A normal exit would wait for the thread that reads stdin.
    """

    def end(number: int, _frame: object) -> None:
        host.kill()
        os._exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _address(text: str) -> tuple[str, int]:
    from lumos.client.errors import UsageError

    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise UsageError(
            f'"{text}" is not a valid address.',
            why="The address must be HOST:PORT or PORT.",
            hint="lumos serve --http 127.0.0.1:8765",
        )
    return host.strip("[]") or "127.0.0.1", int(port)


def _argument_text(arguments: str | None, input_file: Path | None) -> str:
    if input_file is not None:
        return input_file.read_text("utf-8")
    if arguments == "-":
        return sys.stdin.read()
    return arguments or "{}"


def _answer(target: str) -> dict[str, Any]:
    name = target.partition(".")[0]
    return {"tool_name": name, "success": False, "execution_time_ms": 0.0, "result": None}


def _print(answer: dict[str, Any]) -> None:
    """Print a JSON object on stdout, indented on a terminal."""
    indent = 2 if sys.stdout.isatty() else None
    text = json.dumps(answer, ensure_ascii=False, indent=indent)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(answer, indent=indent)
    typer.echo(text)
