"""The signed-in user."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The user, in views that require sign-in."""
    assert isinstance(request.user, User)
    return request.user
