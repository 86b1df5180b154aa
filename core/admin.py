"""The operator's desk for the kernel: what was done, what waits, what is dead."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.models import AuditEntry, Heartbeat, Job, JobState

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that every moderator may look at and nobody changes by hand; verbs are actions."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Staff are moderators; no permission has to be given one by one."""
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """As above."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Never."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what to what."""

    list_display = ["at", "actor", "action", "target", "data"]
    list_filter = ["action"]
    search_fields = ["target", "actor__email"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs; the dead ones can be tried again."""

    list_display = ["id", "task", "args", "queue", "state", "attempts", "due_at", "error"]
    list_filter = ["state", "task", "queue"]
    actions = ["try_again"]

    @admin.action(description="Try dead jobs again")
    def try_again(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        """Give dead jobs a new life with no attempts used."""
        rows.filter(state=JobState.DEAD).update(
            state=JobState.WAITING, attempts=0, due_at=timezone.now(), delivered_at=None
        )


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """Who was seen when."""

    list_display = ["name", "seen_at"]
