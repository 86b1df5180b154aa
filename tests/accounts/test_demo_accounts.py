"""The accounts that `make run` makes and prints, to try both sides of a review."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import Scope, User
from config import prepare
from config.management.commands.run import _greeting
from publishing.models import Publication
from tests.package.wheels import CODE, build_wheel
from tests.support import Person
from tests.support.jobs import run_jobs, submit
from tests.support.moderators import decide

pytestmark = pytest.mark.usefixtures("recorded_checks")


def _printed(label: str) -> tuple[str, str]:
    """Address and password of one printed account."""
    found = re.search(rf"{label}:\s+(\S+)  password  (\S+)", _greeting())
    assert found, _greeting()
    return found[1], found[2]


def _signed_in(label: str) -> Client:
    email, password = _printed(label)
    browser = Client()
    browser.post("/accounts/login/", {"login": email, "password": password})
    assert "_auth_user_id" in browser.session
    return browser


@pytest.mark.sandbox
def test_the_printed_moderator_decides_what_is_held_and_the_demo_publisher_may_not(
    visitor: Person, tmp_path: Path
) -> None:
    prepare.make_accounts()
    demo = User.objects.get(email=prepare.DEMO_EMAIL)
    token = issue_token(by=demo, name="demo", scopes=[Scope.PUBLISH])[1]
    code = CODE.format(function="hello").replace("    return", "    open(name)\n    return")
    example = {"code": code.replace("open(name)", "times > 99 and open(name)")}
    held = submit(visitor.with_token(token), build_wheel(tmp_path, **example))
    assert held["state"] == "held", held

    publisher = _signed_in("Demo account")
    assert publisher.get("/desk/").status_code == 403
    assert decide(publisher, held, "approve").status_code == 403
    assert Publication.objects.get().state == "held"

    moderator = _signed_in("Moderator")
    assert "demo/hello" in moderator.get("/desk/").text
    assert decide(moderator, held, "approve").status_code == 302
    run_jobs()
    assert Publication.objects.get().state == "published"


@pytest.mark.django_db
def test_a_second_start_keeps_the_password_and_gives_no_rights_back(own_folders: Any) -> None:
    prepare.make_accounts()
    account = User.objects.get(email=prepare.MODERATOR_EMAIL)
    account.is_staff = False
    account.set_password("of my own choice")
    account.save()
    prepare.make_accounts()
    account.refresh_from_db()
    assert not account.is_staff
    assert account.check_password("of my own choice")


@pytest.mark.django_db
def test_production_has_neither_account(own_folders: Any, settings: Any) -> None:
    settings.PRODUCTION = True
    prepare.make_accounts()
    assert not User.objects.filter(email__in=[prepare.DEMO_EMAIL, prepare.MODERATOR_EMAIL]).exists()
    assert not User.objects.filter(is_staff=True).exists()
    assert "password" not in _greeting()
