"""The moderators' desk: what is held and why, what is live, and their verbs on both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Release, Tool
from core.admin import ReadOnlyAdmin
from core.errors import DomainError
from lumos.package.findings import Effect, by_effect
from publishing import actions, release_actions
from publishing.models import Check, Publication
from publishing.rulebook import with_effect

EFFECTS = {
    Effect.REJECT: _("Blocking finding"),
    Effect.HOLD: _("Held for review"),
    Effect.LOWER: _("Other finding (not blocking)"),
}
Row = TypeVar("Row", bound=Model)


class CheckInline(admin.TabularInline):
    """What the checks said."""

    model = Check
    extra = 0
    can_delete = False
    fields = ("name", "state", "message", "found", "started_at", "ended_at")
    readonly_fields = fields

    @admin.display(description="findings")
    def found(self, check: Check) -> str:
        """Each finding under what it does, the gravest first."""
        groups = by_effect(map(with_effect, check.findings))
        rows = (
            (EFFECTS[effect], finding["severity"], finding["rule"], finding["message"])
            for effect, findings in groups.items()
            for finding in findings
        )
        return format_html_join("", "<p><b>{}</b>: {}, {}<br>{}</p>", rows)


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    """Publications; the held ones wait for a person."""

    list_display = ["tool_name", "version", "state", "uploader", "reasons", "created_at"]
    list_filter = ["state", "dry_run"]
    search_fields = ["distribution", "sha256"]
    inlines = [CheckInline]
    actions = ["check_again", "release_as_is", "reject"]

    @admin.action(description="Send held publications through the checks again")
    def check_again(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """After a fault of ours was mended."""
        tell(request, rows, lambda by, it: actions.check_again(by=by, publication=it))

    @admin.action(description="Let held publications go live as they are")
    def release_as_is(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """The moderator looked, and the reasons do not hold."""
        tell(request, rows, lambda by, it: actions.release_held(by=by, publication=it))

    @admin.action(description="Reject held publications")
    def reject(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """The moderator looked, and the reasons hold."""
        reason = "A moderator looked at it and agreed with the reasons above."
        tell(request, rows, lambda by, it: actions.reject(by=by, publication=it, reason=reason))


class ReasonForm(ActionForm):
    """The admin's action bar, with room for a reason."""

    reason = forms.CharField(required=False, max_length=500)


@admin.register(Tool)
class ToolAdmin(ReadOnlyAdmin):
    """Listings; a harmful one goes into quarantine."""

    list_display = ["full_name", "status", "latest", "overall", "downloads_total", "updated_at"]
    list_filter = ["status", "category"]
    list_select_related = ["namespace", "latest__tool__namespace"]
    search_fields = ["distribution", "title"]
    exclude = ["card", "document"]
    action_form = ReasonForm
    actions = ["quarantine", "end_quarantine"]

    @admin.action(description="Put into quarantine (say the reason)")
    def quarantine(self, request: HttpRequest, rows: QuerySet[Tool]) -> None:
        """Hide it, and take its files away."""
        reason = request.POST.get("reason", "")
        tell(
            request,
            rows,
            lambda by, it: release_actions.quarantine(by=by, tool=it, reason=reason),
        )

    @admin.action(description="End the quarantine")
    def end_quarantine(self, request: HttpRequest, rows: QuerySet[Tool]) -> None:
        """Show it again."""
        tell(request, rows, lambda by, it: release_actions.end_quarantine(by=by, tool=it))


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Releases; a harmful one goes into quarantine while the others stay."""

    list_display = ["tool", "version", "published_at", "quarantined_at", "deleted_at"]
    list_select_related = ["tool__namespace"]
    search_fields = ["tool__distribution", "filename", "sha256"]
    fields = [
        "tool", "version", "publisher", "published_at", "filename", "sha256", "size",
        "quarantined_at", "quarantine_reason", "deleted_at",
    ]  # fmt: skip
    action_form = ReasonForm
    actions = ["quarantine", "end_quarantine"]

    @admin.action(description="Put into quarantine (say the reason)")
    def quarantine(self, request: HttpRequest, rows: QuerySet[Release]) -> None:
        """Take its file away."""
        reason = request.POST.get("reason", "")
        tell(
            request,
            rows,
            lambda by, it: release_actions.quarantine_release(by=by, release=it, reason=reason),
        )

    @admin.action(description="End the quarantine")
    def end_quarantine(self, request: HttpRequest, rows: QuerySet[Release]) -> None:
        """Give it back."""
        tell(
            request,
            rows,
            lambda by, it: release_actions.end_release_quarantine(by=by, release=it),
        )


def tell(request: HttpRequest, rows: QuerySet[Row], do: Callable[[User, Row], None]) -> None:
    """Do it for each row and say how it went."""
    for row in rows:
        try:
            do(cast(User, request.user), row)
        except DomainError as error:
            messages.error(request, f"{row}: {error.detail}")
        else:
            messages.success(request, f"{row}: done")
