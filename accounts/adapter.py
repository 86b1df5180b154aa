"""Adapts allauth: open sign-up, and links that always point to SITE_URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmationMixin
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Anyone may sign up, and emails contain links to SITE_URL only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Add SITE_NAME and SITE_URL to the template's context and point its links to SITE_URL."""
        names = {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL}
        links = {
            name: _on_our_site(value)
            for name, value in context.items()
            if isinstance(value, str) and value.startswith(("http://", "https://"))
        }
        super().send_mail(template_prefix, email, {**names, **context, **links})

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmationMixin
    ) -> str:
        return _on_our_site(super().get_email_confirmation_url(request, emailconfirmation))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _on_our_site(super().get_reset_password_from_key_url(key))


def _on_our_site(url: str) -> str:
    """The same path at SITE_URL, so that a forged Host header cannot redirect a secret link."""
    return settings.SITE_URL + urlunsplit(urlsplit(url)._replace(scheme="", netloc=""))
