"""Look-ups shared by the API, the pages, MCP and actions."""

from __future__ import annotations

from catalog.models import Tool
from core.errors import NotFound


def live_tool(namespace: str, name: str) -> Tool:
    """The live tool of that name; raises NotFound."""
    tool = Tool.objects.live().named(namespace, name).select_related("namespace").first()
    if tool is None:
        raise tool_missing(namespace, name)
    return tool


def tool_missing(namespace: str, name: str) -> NotFound:
    """The error for a missing tool. A hidden tool gets the same one."""
    return NotFound(
        "tool_not_found",
        f"There is no tool named {namespace}/{name}.",
        suggestion=f"Search for it: GET /api/v1/search?q={name}",
    )


def release_missing(tool: str, version: str) -> NotFound:
    """The error for a version that the tool does not have."""
    return NotFound(
        "release_not_found",
        f"{tool} has no release {version}.",
        suggestion=f"GET /api/v1/tools/{tool}/releases lists the versions.",
    )
