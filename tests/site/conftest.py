"""A browser of Django's (no JavaScript) for each of the cast, and tools to look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Release
from tests.site.releases import publish_without_checks
from tests.support import Person


@pytest.fixture
def visit(db: None, own_folders: Path) -> Client:
    """A visitor whom nobody knows."""
    return Client()


@pytest.fixture
def browse(cast: dict[str, Person]) -> Callable[[str], Client]:
    """``browse("alice")``: the browser of somebody in the cast, signed in."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(
            User.objects.get(email=cast[name].email),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        return client

    return signed_in


@pytest.fixture
def hello(cast: dict[str, Person], tmp_path: Path) -> Release:
    """demo/hello 1.0.0, a live tool of Alice's team."""
    return publish_without_checks(tmp_path)
