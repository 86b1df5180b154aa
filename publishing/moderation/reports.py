"""Users' reports about live tools."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Tool
from catalog.queries import release_missing
from core import audit
from core.errors import Conflict, Invalid
from lumos.package.text import legible
from publishing.models import Report
from publishing.moderation import cases

MAX_TEXT = 2000


def report(*, by: User, tool: Tool, reason: str, text: str, version: str = "") -> Report:
    """Report a tool, or one of its versions, to the moderators.

    Raises Invalid without a text, NotFound for a version that the tool does not have, and Conflict
    while an earlier report of the same user on the tool is open.
    """
    text = legible(text)[:MAX_TEXT]
    if not text:
        raise Invalid(
            "report_empty",
            _("A report needs a description."),
            suggestion=_("Describe what the tool does and how you noticed it."),
        )
    if version and not tool.releases.live().filter(version=version).exists():
        raise release_missing(tool.full_name, version)
    with transaction.atomic():
        Tool.objects.select_for_update().get(pk=tool.pk)
        if _open_of(by, tool):
            raise Conflict(
                "already_reported",
                _("Your report about %(tool)s is already with the moderators.")
                % {"tool": tool.full_name},
                suggestion=_("You will get an email when they decide."),
            )
        filed = Report.objects.create(
            tool=tool, version=version, reporter=by, reason=reason, text=text
        )
        cases.open_for_report(filed)
        audit.record(
            by=by, action="tool.report", target=tool.full_name, version=version, reason=reason
        )
    return filed


def _open_of(by: User, tool: Tool) -> bool:
    return Report.objects.filter(
        tool=tool, reporter=by, case__isnull=False, case__closed_at__isnull=True
    ).exists()
