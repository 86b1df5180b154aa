"""An MCP server for all functions of a project, with the schemas from their packages."""

from __future__ import annotations

import json
import socket
from typing import Any

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from lumos import __version__
from lumos.client.errors import LumosError
from lumos.package.manifest.reader import MCP_HINTS
from lumos.runtime.host import Call, ToolHost
from lumos.runtime.offer import Offer

__all__ = ["build_server", "listening", "serve_http", "serve_stdio"]

_CONCURRENT_CALLS = 16


def build_server(host: ToolHost) -> Server[Any]:
    """The MCP server, which is usable until ``host`` is closed."""
    tools = [_as_tool(offer) for offer in host.offers.values()]
    limiter: list[anyio.CapacityLimiter] = []

    async def list_tools(
        _context: ServerRequestContext[Any], _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools)

    async def call_tool(
        _context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        offer = host.offers.get(params.name)
        if offer is None:
            return _failure(f"There is no function {params.name}.")
        if not limiter:
            limiter.append(anyio.CapacityLimiter(_CONCURRENT_CALLS))
        call = Call()
        try:
            value = await anyio.to_thread.run_sync(
                host.call,
                params.name,
                params.arguments or {},
                call,
                abandon_on_cancel=True,
                limiter=limiter[0],
            )
        except anyio.get_cancelled_exc_class():
            call.cancel()
            raise
        except LumosError as error:
            return _failure(f"{error.what}\n{error.why}" if error.why else error.what)
        return await anyio.to_thread.run_sync(_success, offer, value)

    return Server(
        "lumos",
        version=__version__,
        instructions="Functions of the tools in this project's lumos.toml.",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def serve_stdio(host: ToolHost) -> None:
    """Serve MCP on stdin and stdout until the client closes them."""
    server = build_server(host)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def listening(address: str, port: int) -> socket.socket:
    """A listening socket; port 0 means any free port. Raises :class:`LumosError`."""
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return socket.create_server((address, port), family=family, backlog=128)
    except OSError as error:
        raise LumosError(
            f"Could not listen on {address}:{port}.",
            why=f"{error.strerror or error}.",
            hint="Choose another port, or 0 for any free one: lumos serve --http 127.0.0.1:0",
        ) from error


def serve_http(host: ToolHost, listener: socket.socket, *, address: str) -> None:
    """Serve MCP over streamable HTTP at ``/mcp`` until the process is interrupted."""
    import uvicorn

    app = build_server(host).streamable_http_app(
        host=address, stateless_http=True, json_response=True
    )
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


def _as_tool(offer: Offer) -> types.Tool:
    said = offer.spec.hints
    hints = {f"{name}_hint": said[name] for name in MCP_HINTS if name in said}
    title = offer.tool.manifest.title
    return types.Tool(
        name=offer.name,
        title=title if len(offer.tool.functions) == 1 else f"{title}: {offer.spec.name}",
        description=offer.spec.description,
        input_schema=offer.spec.input_schema,
        output_schema=offer.spec.output_schema,
        annotations=types.ToolAnnotations.model_validate(hints),
    )


def _success(offer: Offer, value: Any) -> types.CallToolResult:
    """The result as text for models and as structured content for programs."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=offer.spec.output_value(value),
    )


def _failure(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)
