"""Our few wishes of allauth."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmationMixin
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is open; users are shown by a name, never by their address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Anyone may sign up."""
        return True

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail speaks in the marketplace's own name."""
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
        """The link that proves an address."""
        return _on_our_site(super().get_email_confirmation_url(request, emailconfirmation))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link that sets a new password."""
        return _on_our_site(super().get_reset_password_from_key_url(key))


def _on_our_site(url: str) -> str:
    """The same page at SITE_URL: whoever asks chooses the Host header, not where a key is sent."""
    return settings.SITE_URL + urlunsplit(urlsplit(url)._replace(scheme="", netloc=""))
