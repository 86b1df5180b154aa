"""Who may review a tool."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import can_publish_in
from catalog.models import Tool
from core.errors import Forbidden


def can_review(user: User, tool: Tool) -> bool:
    """Whether ``user`` is signed in and may not publish the tool."""
    return user.is_authenticated and not can_publish_in(user, tool.namespace)


def check_review(user: User, tool: Tool) -> None:
    """Raises Forbidden for the tool's own publishers."""
    if not can_review(user, tool):
        raise Forbidden(
            "own_tool",
            _("You can't review %(tool)s, because you can publish it.") % {"tool": tool.full_name},
            suggestion=_("Describe the tool in its README instead."),
        )
