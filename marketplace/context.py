"""What every template may know of the site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

#: (key, address by name, icon, label)
ACCOUNT_SECTIONS = (
    ("desk", "desk", "boxes", "Your tools"),
    ("tokens", "tokens", "key-round", "API tokens"),
    ("namespaces", "namespaces", "tag", "Namespaces"),
    ("organizations", "organizations", "users", "Organizations"),
    ("profile", "account", "user", "Profile"),
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
