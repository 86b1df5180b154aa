"""Bearer tokens for the API."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.tokens import is_well_formed

REALM = 'Bearer realm="lumos"'


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer lmt_…``; the token becomes ``request.auth``."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's user, or None without a header; raises for a bad token."""
        kind, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if not kind:
            return None
        if kind.lower() not in ("bearer", "token"):
            raise _refused(
                "The Authorization header is not of the form 'Bearer lmt_…'.",
                "Send 'Authorization: Bearer' and the token.",
            )
        text = text.strip()
        if not is_well_formed(text):
            raise _refused("That is not one of our tokens: its form or its checksum is wrong.")
        token = ApiToken.objects.with_text(text).select_related("user").first()
        if token is None or token.revoked_at or not token.user.is_active:
            raise _refused("This token does not exist, or was revoked.")
        if token.is_expired:
            raise _refused(f"This token expired on {token.expires_at:%Y-%m-%d %H:%M} UTC.")
        _note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return REALM


def _refused(detail: str, suggestion: str = "") -> AuthenticationFailed:
    error = AuthenticationFailed(detail)
    error.suggestion = suggestion  # told by web.problems
    return error


def _note_use(token: ApiToken) -> None:
    # To the nearest ten minutes, so that reading with a token seldom writes.
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > dt.timedelta(minutes=10):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
