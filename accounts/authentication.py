"""Bearer tokens for the API."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.tokens import is_well_formed

REALM = 'Bearer realm="lumos"'


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer lmt_…``; the token becomes ``request.auth``."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's user and the token; None without a header. Raises AuthenticationFailed."""
        kind, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if not kind:
            return None
        if kind.lower() not in ("bearer", "token"):
            raise _refused(
                _("The Authorization header is invalid."),
                _("Send 'Authorization: Bearer lmt_…'."),
            )
        text = text.strip()
        if not is_well_formed(text):
            raise _refused(_("This is not a valid token: its form or checksum is wrong."))
        token = ApiToken.objects.with_text(text).select_related("user").first()
        if token is None or token.revoked_at or not token.user.is_active:
            raise _refused(_("This token doesn't exist or was revoked."))
        if token.is_expired:
            raise _refused(
                _("This token expired on %(time)s UTC.")
                % {"time": f"{token.expires_at:%Y-%m-%d %H:%M}"}
            )
        _note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """The WWW-Authenticate header of a 401 response."""
        return REALM


def _refused(detail: str, suggestion: str = "") -> AuthenticationFailed:
    error = AuthenticationFailed(detail)
    error.suggestion = suggestion  # read by web.problems
    return error


def _note_use(token: ApiToken) -> None:
    # Updated at most every ten minutes, so that read requests rarely write.
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > dt.timedelta(minutes=10):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
