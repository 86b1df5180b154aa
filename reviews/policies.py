"""Who may review a tool."""

from __future__ import annotations

from accounts.models import User
from accounts.policies import can_publish_in
from catalog.models import Tool
from core.errors import Forbidden


def can_review(user: User, tool: Tool) -> bool:
    """Anyone signed in but the tool's own publishers."""
    return user.is_authenticated and not can_publish_in(user, tool.namespace)


def check_review(user: User, tool: Tool) -> None:
    """Raises Forbidden for the tool's own publishers."""
    if not can_review(user, tool):
        raise Forbidden(
            "own_tool",
            f"{tool.full_name} is published in a namespace of yours, and a review is somebody "
            "else's word for a tool.",
            suggestion="Say what you want people to know in the README.",
        )
