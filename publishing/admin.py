"""Admin pages for moderators: held publications, tools and releases, with their actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from catalog.models import Release, Tool
from core.admin import ReadOnlyAdmin
from core.errors import DomainError
from lumos.package.findings import Effect, by_effect
from publishing import actions, release_actions
from publishing.models import Check, Publication
from publishing.rulebook import with_effect

EFFECTS = {
    Effect.REJECT: gettext_lazy("Blocking finding"),
    Effect.HOLD: gettext_lazy("Held for review"),
    Effect.LOWER: gettext_lazy("Other finding (not blocking)"),
}
Row = TypeVar("Row", bound=Model)


class CheckInline(admin.TabularInline):
    """The results of the checks."""

    model = Check
    extra = 0
    can_delete = False
    fields = ("name", "state", "message", "found", "started_at", "ended_at")
    readonly_fields = fields

    @admin.display(description="findings")
    def found(self, check: Check) -> str:
        """The findings with their effects, most severe first."""
        groups = by_effect(map(with_effect, check.findings))
        rows = (
            (EFFECTS[effect], finding["severity"], finding["rule"], finding["message"])
            for effect, findings in groups.items()
            for finding in findings
        )
        return format_html_join("", "<p><b>{}</b>: {}, {}<br>{}</p>", rows)


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    """Publications; moderators decide on held ones at the desk (/desk/)."""

    list_display = ["tool_name", "version", "state", "uploader", "reasons", "created_at"]
    list_filter = ["state", "dry_run"]
    search_fields = ["distribution", "sha256"]
    inlines = [CheckInline]
    actions = ["check_again"]

    @admin.action(description=gettext_lazy("Run the checks of held publications again"))
    def check_again(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """For use after an error of the marketplace was fixed."""
        run_action(request, rows, lambda by, it: actions.check_again(by=by, publication=it))


class ReasonForm(ActionForm):
    """The admin's action bar, with a field for a reason."""

    reason = forms.CharField(required=False, max_length=500)


@admin.register(Tool)
class ToolAdmin(ReadOnlyAdmin):
    """Tools, which moderators can quarantine."""

    list_display = ["full_name", "status", "latest", "overall", "downloads_total", "updated_at"]
    list_filter = ["status", "category"]
    list_select_related = ["namespace", "latest__tool__namespace"]
    search_fields = ["distribution", "title"]
    exclude = ["card", "document"]
    action_form = ReasonForm
    actions = ["quarantine", "end_quarantine"]

    @admin.action(description=gettext_lazy("Quarantine (requires a reason)"))
    def quarantine(self, request: HttpRequest, rows: QuerySet[Tool]) -> None:
        """Hide the selected tools and remove their files from the registry."""
        reason = request.POST.get("reason", "")
        run_action(
            request,
            rows,
            lambda by, it: release_actions.quarantine(by=by, tool=it, reason=reason),
        )

    @admin.action(description=gettext_lazy("End the quarantine"))
    def end_quarantine(self, request: HttpRequest, rows: QuerySet[Tool]) -> None:
        """Make the selected tools available again."""
        run_action(request, rows, lambda by, it: release_actions.end_quarantine(by=by, tool=it))


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Releases, which moderators can quarantine one by one."""

    list_display = ["tool", "version", "published_at", "quarantined_at", "deleted_at"]
    list_select_related = ["tool__namespace"]
    search_fields = ["tool__distribution", "filename", "sha256"]
    fields = [
        "tool", "version", "publisher", "published_at", "filename", "sha256", "size",
        "quarantined_at", "quarantine_reason", "deleted_at",
    ]  # fmt: skip
    action_form = ReasonForm
    actions = ["quarantine", "end_quarantine"]

    @admin.action(description=gettext_lazy("Quarantine (requires a reason)"))
    def quarantine(self, request: HttpRequest, rows: QuerySet[Release]) -> None:
        """Remove the files of the selected releases from the registry."""
        reason = request.POST.get("reason", "")
        run_action(
            request,
            rows,
            lambda by, it: release_actions.quarantine_release(by=by, release=it, reason=reason),
        )

    @admin.action(description=gettext_lazy("End the quarantine"))
    def end_quarantine(self, request: HttpRequest, rows: QuerySet[Release]) -> None:
        """Make the selected releases available again."""
        run_action(
            request,
            rows,
            lambda by, it: release_actions.end_release_quarantine(by=by, release=it),
        )


def run_action(request: HttpRequest, rows: QuerySet[Row], do: Callable[[User, Row], None]) -> None:
    """Call ``do`` for each row and show whether it succeeded."""
    for row in rows:
        try:
            do(cast(User, request.user), row)
        except DomainError as error:
            messages.error(request, f"{row}: {error.detail}")
        else:
            messages.success(request, _("%(row)s: done") % {"row": row})
