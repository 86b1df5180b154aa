"""``/mcp/``: the marketplace's MCP server, as stateless streamable HTTP with JSON responses."""

from __future__ import annotations

from typing import Any

from anyio import sleep_forever
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from web.api import ApiView


class Mcp(ApiView):
    """One JSON-RPC message per POST. There are no streams (GET) and no sessions (DELETE)."""

    permission_classes = [AllowAny]
    remembers_answers = False

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Skip the API's negotiation: the MCP transport checks Accept."""
        return super().perform_content_negotiation(request, force=True)

    def read_query(self, request: Request) -> None:
        """Accept any query parameter, because clients add their own."""

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """Hand the message to the SDK's own transport."""
        return async_to_sync(_pass_on)(request._request)


async def _pass_on(request: HttpRequest) -> HttpResponse:
    """Call the SDK's ASGI application for one WSGI request.

    A new application is created for each request, because there are no sessions to keep and each
    web thread has its own event loop.
    """
    # Imported here, because the SDK takes 1.5 s to load and the site should start without it.
    from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415

    from marketplace.agents import server  # noqa: PLC0415

    # Protection from DNS rebinding is not needed: Django has checked the Host header.
    app = server().streamable_http_app(
        streamable_http_path=request.path,
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    answer = HttpResponse(content_type="text/plain; charset=utf-8")  # if the SDK sets none
    unread = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not unread:
            await sleep_forever()
        return unread.pop()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status_code = message["status"]
            for name, value in message.get("headers", []):
                answer[name.decode("latin-1")] = value.decode("latin-1")
        else:
            answer.write(message.get("body", b""))

    async with app.router.lifespan_context(app):
        await app(_scope(request), receive, send)
    return answer


def _scope(request: HttpRequest) -> dict[str, Any]:
    headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in request.headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": None,
        "server": None,
    }
