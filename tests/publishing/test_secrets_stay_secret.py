"""No part of a secret of a package is in anything that is stored or shown of its publication."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import AuditEntry, Job, RememberedAnswer
from publishing.models import Check, Publication
from tests.package.wheels import CODE, MANIFEST, build_wheel, function_spec, functions_json
from tests.support import Person, assert_finding
from tests.support.jobs import run_jobs, submit

PASSWORD = "Tr0ub4dor&3-kJ8s2hd7"
ADDRESS = f"postgres://admin:{PASSWORD}@db/orders"
KEY = (
    "MIICXAIBAAKBgQC7d8Kq2Zp1vXw3tRb9LmNcYfHs5JgTkPaUeQxWzVoDiB6yS0rE\n"
    "uM4lGhCnjFqAZtKv7XpW2sYbRdL9eJoTmHcPgNxUfVkQiS3wByD5zE8aM1rO6uIG"
)
POSITIONS = {
    "assigned": f'SERVICE_PASSWORD = "{PASSWORD}"',
    "keyword": f'CONFIG = dict(user="bob", password="{PASSWORD}")',
    "beside another finding": f'PASSWORD = "{PASSWORD}"; exec("pass")',
    "before another finding": f'PASSWORD = "{PASSWORD}"\nexec("pass")',
    "comparison": f'SAME = str(exec) == "{PASSWORD}"; TOKEN_OK = True; exec("pass")',
    "joined": f'PASSWORD = (\n    "{PASSWORD[:10]}"\n    "{PASSWORD[10:]}"\n)\nexec("pass")',
    "member": f'CONFIG = {{"user": "bob", "password": "{PASSWORD}"}}\nexec("pass")',
    "call": f'def _log_in(smtp):\n    smtp.login("bob", "{PASSWORD}"); exec("pass")',
    "address": f'URL = "{ADDRESS}"\nexec("pass")',
    "key": f'K = """-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----"""\nexec("pass")',
    "raised": f'PASSWORD = "{PASSWORD}"\n\n\ndef _raise():\n    raise ValueError(PASSWORD)',
    "printed": f'PASSWORD = "{PASSWORD}"\n\n\ndef _raise():\n    print(PASSWORD)\n    1 / 0',
}


def assert_hidden(text: str) -> None:
    for secret in (PASSWORD, *KEY.split("\n")):
        pieces = (secret[start : start + 6] for start in range(len(secret) - 5))
        assert not [piece for piece in pieces if piece in text]


def _sign_in(client: Client, user: User) -> None:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")


@pytest.mark.sandbox
@pytest.mark.parametrize("position", POSITIONS)
def test_whatever_is_found_nothing_shows_the_secret(
    alice: Person,
    client: Client,
    tmp_path: Path,
    position: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="lumos")
    code = CODE.format(function="hello") + "\n\n" + POSITIONS[position] + "\n"
    if "def _raise" in code:
        code = code.replace("    return Greeting", "    _raise()\n    return Greeting")
    ended = submit(alice, build_wheel(tmp_path, code=code))
    assert ended["findings"], "a publication without findings proves nothing"
    assert_hidden(json.dumps(ended, ensure_ascii=False))
    _sign_in(client, User.objects.get(email=alice.email))
    assert_hidden(client.get(ended["url"]).content.decode())
    rows = [*Check.objects.values(), *Publication.objects.values(), *Job.objects.values()]
    assert_hidden(str(rows))
    publication = Publication.objects.get()
    root = {"is_staff": True, "is_superuser": True}
    _sign_in(client, User.objects.create(email="root@example.org", **root))
    page = client.get(reverse("admin:publishing_publication_change", args=[publication.pk]))
    assert page.status_code == 200
    assert_hidden(page.content.decode())
    assert_hidden(caplog.text)


@pytest.mark.sandbox
def test_a_password_in_an_address_waits_for_a_moderator(alice: Person, tmp_path: Path) -> None:
    code = CODE.format(function="hello") + f'\n\nURL = "{ADDRESS}"\n'
    ended = submit(alice, build_wheel(tmp_path, code=code))
    assert ended["state"] == "held", ended
    assert assert_finding(ended, "secret/credential-url")["blocking"]


def test_a_manifest_that_is_refused_shows_no_secret_of_it(alice: Person, tmp_path: Path) -> None:
    manifest = MANIFEST.format(title="Hello", function="hello", package="demo_hello")
    manifest += f'\n[settings.DB]\ndescription = "x"\npassword = "{PASSWORD}"\nurl = "{ADDRESS}"\n'
    answer = alice.publish(build_wheel(tmp_path, manifest=manifest))
    assert answer.status == 422
    assert "settings" in answer.text
    assert_hidden(answer.text)


def _read_mcp(person: Person) -> str:
    """What the marketplace's MCP server answers about the tool and a search for it."""
    reader = person.with_headers(
        Accept="application/json, text/event-stream", MCP_Protocol_Version="2025-06-18"
    )
    asked = {"tool_details": {"tool": "demo/hello"}, "search_tools": {"query": "hello"}}
    calls = [{"name": name, "arguments": arguments} for name, arguments in asked.items()]
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    return "".join(reader.post("/mcp/", {**message, "params": call}).text for call in calls)


@pytest.mark.sandbox
@pytest.mark.parametrize("position", ["member", "call", "raised", "address"])
def test_no_letter_audit_row_agent_or_replayed_answer_shows_the_secret(
    alice: Person, visitor: Person, tmp_path: Path, position: str
) -> None:
    code = CODE.format(function="hello") + "\n\n" + POSITIONS[position] + "\n"
    if "def _raise" in code:
        code = code.replace("    return Greeting", "    _raise()\n    return Greeting")
    wheel = build_wheel(tmp_path, code=code)
    first = alice.publish(wheel, key="once")
    run_jobs()
    ended = alice.publication(first)
    assert ended["findings"]
    again = alice.publish(wheel, key="once")
    assert again.headers["idempotency-replayed"] == "true"
    assert AuditEntry.objects.exists()
    rows = [*AuditEntry.objects.values(), *RememberedAnswer.objects.values()]
    letters = [f"{letter.subject} {letter.body}" for letter in mail.outbox]
    assert letters
    assert_hidden(f"{rows} {letters} {again.text} {_read_mcp(visitor)}")


@pytest.mark.sandbox
def test_a_secret_in_a_published_schema_waits_for_a_moderator(
    alice: Person, tmp_path: Path
) -> None:
    parameter = {"type": "string", "title": "Password", "description": "It signs in."}
    spec = function_spec()
    spec["input_schema"]["properties"]["password"] = {**parameter, "default": PASSWORD}
    code = CODE.format(function="hello")
    code = code.replace("times: int = 1)", f'times: int = 1, password: str = "{PASSWORD}")')
    code = code.replace("say hello.\n", "say hello.\n        password: It signs in.\n")
    ended = submit(alice, build_wheel(tmp_path, code=code, functions=functions_json([spec])))
    assert ended["state"] == "held", ended
    assert_finding(ended, "secret/published-default")
    assert_hidden(json.dumps(ended, ensure_ascii=False))
