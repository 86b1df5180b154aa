"""Sign-up with a verified address, sign-in, a forgotten password; through the pages."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounts.models import User

ADDRESS = "new@example.org"
PASSWORD = "correct-horse-battery-staple"


@pytest.fixture
def browser(db: None, own_folders: Any) -> Client:
    return Client()


def _sign_up(browser: Client, password: str = PASSWORD) -> Any:
    form = {"email": ADDRESS, "password1": password, "password2": password}
    return browser.post("/accounts/signup/", form)


def _link_in_mail(path: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/{path}\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def _confirm(browser: Client) -> None:
    link = _link_in_mail("accounts/confirm-email/")
    assert browser.get(link).status_code == 200  # a link checker that follows it confirms nothing
    assert browser.post(link).status_code == 302


def _sign_in(browser: Client, password: str = PASSWORD) -> Any:
    return browser.post("/accounts/login/", {"login": ADDRESS, "password": password})


def _is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_a_new_account_works_once_its_address_is_verified(browser: Client) -> None:
    assert _sign_up(browser).status_code == 302
    assert mail.outbox[-1].to == [ADDRESS]
    _sign_in(browser)
    assert not _is_signed_in(browser)
    _confirm(browser)
    _sign_in(browser)
    assert _is_signed_in(browser)


def test_an_operator_made_at_the_terminal_signs_in_at_the_admin_at_once(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", "--email", ADDRESS, stdout=io.StringIO())
    assert _sign_in(browser).status_code == 302
    assert browser.get("/admin/").status_code == 200


def test_an_address_that_has_an_account_is_not_given_away(browser: Client) -> None:
    first = _sign_up(browser)
    _confirm(browser)
    again = _sign_up(Client())
    assert (again.status_code, again["Location"]) == (first.status_code, first["Location"])
    assert User.objects.filter(email=ADDRESS).count() == 1


@pytest.mark.parametrize("password", ["short", "password", "12345678901", ADDRESS])
def test_a_weak_password_is_refused(browser: Client, password: str) -> None:
    answer = _sign_up(browser, password)
    assert answer.status_code == 200
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_wrong_password_signs_nobody_in(browser: Client) -> None:
    _sign_up(browser)
    _confirm(browser)
    assert _sign_in(browser, "wrong-password-entirely").status_code == 200
    assert not _is_signed_in(browser)


def test_guessing_passwords_is_slowed_down(browser: Client) -> None:
    _sign_up(browser)
    _confirm(browser)
    answers = [_sign_in(browser, f"guess-number-{number}") for number in range(12)]
    assert _sign_in(browser).status_code in (200, 429)
    assert not _is_signed_in(browser), [answer.status_code for answer in answers]


def test_a_forgotten_password_is_reset_by_mail(browser: Client) -> None:
    _sign_up(browser)
    _confirm(browser)
    browser.post("/accounts/password/reset/", {"email": ADDRESS})
    link = _link_in_mail("accounts/password/reset/key/")
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    changed = browser.post(
        form, {"password1": "another-good-one-9", "password2": "another-good-one-9"}
    )
    assert changed.status_code == 302
    fresh = Client()
    _sign_in(fresh)
    assert not _is_signed_in(fresh)
    _sign_in(fresh, "another-good-one-9")
    assert _is_signed_in(fresh)


def test_links_in_mail_lead_to_this_site_whatever_host_was_asked_for(browser: Client) -> None:
    stranger = Client(headers={"host": "evil.invalid"})
    assert _sign_up(stranger).status_code == 302
    _confirm(browser)
    stranger.post("/accounts/password/reset/", {"email": ADDRESS})
    assert len(mail.outbox) == 2
    for each in mail.outbox:
        assert "evil.invalid" not in str(each.body)
        assert f"{django_settings.SITE_URL}/accounts/" in str(each.body)


def test_where_mail_goes_to_the_terminal_the_page_says_so(browser: Client, settings: Any) -> None:
    for page in ("confirm-email/", "password/reset/done/"):
        assert b"spam folder" in browser.get(f"/accounts/{page}").content
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    for page in ("confirm-email/", "password/reset/done/"):
        assert b"terminal that runs make run" in browser.get(f"/accounts/{page}").content


def test_a_reset_for_nobody_tells_nothing(browser: Client) -> None:
    _sign_up(browser)
    _confirm(browser)
    known = browser.post("/accounts/password/reset/", {"email": ADDRESS})
    unknown = browser.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_signing_out_needs_a_post(browser: Client) -> None:
    _sign_up(browser)
    _confirm(browser)
    _sign_in(browser)
    browser.get("/accounts/logout/")
    assert _is_signed_in(browser)
    browser.post("/accounts/logout/")
    assert not _is_signed_in(browser)


def test_forms_need_the_csrf_token(db: None, own_folders: Any) -> None:
    careful = Client(enforce_csrf_checks=True)
    assert _sign_in(careful).status_code == 403


def test_a_session_is_no_credential_for_the_api_without_csrf(browser: Client) -> None:
    _sign_up(browser)
    _confirm(browser)
    user = User.objects.get(email=ADDRESS)
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(user)
    assert careful.get("/api/v1/whoami").status_code == 200
    answer = careful.post("/api/v1/namespaces", {"name": "forged"}, content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
