"""Who may: publishers what is theirs, moderators the rest."""

from __future__ import annotations

from accounts.models import ApiToken, User
from accounts.policies import check_publish_in, check_token_covers
from catalog.models import Tool
from core.errors import Forbidden


def check_publisher(by: User, tool: Tool, token: ApiToken | None) -> None:
    """Raises Forbidden for who does not publish the tool, or whose token is bound elsewhere."""
    check_publish_in(by, tool.namespace.name)
    check_token_covers(token, tool.full_name)


def check_moderator(by: User) -> None:
    """Raises Forbidden for everyone who is not staff."""
    if not by.is_staff:
        raise Forbidden(
            "not_a_moderator",
            "Only moderators may do that.",
            suggestion="Appeal instead; a moderator will look at it.",
        )
