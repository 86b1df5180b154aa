"""The template context of all pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

#: (key, address by name, icon, label)
ACCOUNT_SECTIONS = (
    ("desk", "desk", "boxes", _("Your tools")),
    ("tokens", "tokens", "key-round", _("API tokens")),
    ("namespaces", "namespaces", "tag", _("Namespaces")),
    ("organizations", "organizations", "users", _("Organizations")),
    ("profile", "account", "user", _("Profile")),
)


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name and address, where its mail goes, and the request's id."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "ACCOUNT_SECTIONS": ACCOUNT_SECTIONS,
        "MAIL_ON_CONSOLE": settings.EMAIL_BACKEND.endswith("console.EmailBackend"),
        "request_id": getattr(request, "request_id", ""),
    }
