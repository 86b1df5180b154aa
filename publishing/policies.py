"""Permission checks for publishers and moderators, and the reason that they must give."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.policies import check_publish_in, check_token_covers
from catalog.models import Tool
from core.errors import Forbidden, Invalid
from lumos.package.text import legible

MAX_REASON_LENGTH = 500


def check_publisher(by: User, tool: Tool, token: ApiToken | None) -> None:
    """Raises Forbidden if ``by`` may not publish the tool or the token is for other tools."""
    check_publish_in(by, tool.namespace.name)
    check_token_covers(token, tool.full_name)


def check_moderator(by: User) -> None:
    """Raises Forbidden unless ``by`` is staff."""
    if not by.is_staff:
        raise Forbidden(
            "not_a_moderator",
            _("You don't have permission to do that. Only moderators can."),
            suggestion=_("Appeal instead. A moderator will review it."),
        )


def required_reason(text: str) -> str:
    """The reason on one line, at most 500 characters; raises Invalid if it is empty."""
    reason = legible(text)[:MAX_REASON_LENGTH]
    if not reason:
        raise Invalid(
            "reason_missing",
            _("A reason is required."),
            suggestion=_("Describe in one sentence what is wrong. The reason is public."),
        )
    return reason
