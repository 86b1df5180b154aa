"""Admin pages for accounts."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import ApiToken, Membership, Namespace, Organization, User
from core.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Users."""

    list_display = ["email", "display_name", "is_active", "is_staff", "date_joined"]
    search_fields = ["email", "display_name"]
    fields = ["email", "display_name", "is_active", "is_staff", "is_superuser"]


class MembershipInline(admin.TabularInline):
    """The members of an organization."""

    model = Membership
    extra = 0


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    """Organizations and their members."""

    inlines = [MembershipInline]


@admin.register(Namespace)
class NamespaceAdmin(admin.ModelAdmin):
    """Namespaces, their owners and whether they are verified."""

    list_display = ["name", "user", "organization", "verified", "created_at"]
    list_filter = ["verified"]
    search_fields = ["name"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """API tokens. Their text is not stored."""

    list_display = ["name", "user", "tail", "scopes", "expires_at", "last_used_at", "revoked_at"]
