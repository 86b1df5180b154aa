"""Admin pages for the audit log, jobs and heartbeats."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.models import AuditEntry, Heartbeat, Job, JobState

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that staff may view and nobody may edit; changes go through admin actions."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Staff may view every model; Django's per-model permissions are not used."""
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log."""

    list_display = ["at", "actor", "action", "target", "data"]
    list_filter = ["action"]
    search_fields = ["target", "actor__email"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs; dead ones can be retried."""

    list_display = ["id", "task", "args", "queue", "state", "attempts", "due_at", "error"]
    list_filter = ["state", "task", "queue"]
    actions = ["try_again"]

    @admin.action(description="Retry dead jobs")
    def try_again(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        """Queue the selected dead jobs again, with their attempts reset to 0."""
        rows.filter(state=JobState.DEAD).update(
            state=JobState.WAITING, attempts=0, due_at=timezone.now(), delivered_at=None
        )


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When each background process last reported."""

    list_display = ["name", "seen_at"]
