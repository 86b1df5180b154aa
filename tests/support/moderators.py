"""The moderators' desk as a browser uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.test import Client

from accounts.models import User
from publishing.models import Case
from tests.support.users import Person


def desk_of(person: Person) -> Client:
    """The person's browser, signed in."""
    client = Client()
    user = User.objects.get(email=person.email)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def case_of(document: Mapping[str, Any]) -> Case:
    """The open case of a publication."""
    return Case.objects.open().get(publication=document["id"])


def decide(
    browser: Client, document: Mapping[str, Any], verdict: str, reason: str = "It is explained."
) -> Any:
    """Approve or reject a held publication at the desk; the answer."""
    form = {"verdict": verdict, "reason": reason}
    return browser.post(f"{case_of(document).get_absolute_url()}decide/", form)
