"""What the code uses and the manifest does not declare waits for a moderator (case B2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Release
from publishing.models import Publication
from tests.language import Person, assert_finding, assert_ok, assert_problem
from tests.language.work import through, work_off
from tests.package.wheels import CODE, MANIFEST, build_wheel

pytestmark = pytest.mark.usefixtures("recalled_checks")

CALLS = {
    "network": "urllib.request.urlopen('https://api.example.org/')",
    "environment": "os.environ['API_KEY']",
    "system-command": "subprocess.run(['git', 'status'])",
}


def using(*kinds: str) -> str:
    """The code of demo/hello with calls that need these permissions and that no example makes."""
    calls = "".join(f"        {CALLS[kind]}\n" for kind in kinds)
    code = CODE.format(function="hello")
    code = code.replace(
        "\nfrom dataclasses", "\nimport os, subprocess, urllib.request\nfrom dataclasses"
    )
    return code.replace("    return Greeting", f"    if times > 99:\n{calls}    return Greeting")


def desk_of(person: Person) -> Client:
    """The person's browser, signed in."""
    client = Client()
    user = User.objects.get(email=person.email)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def approve(desk: Client, document: dict[str, Any]) -> int:
    """Let a held publication go live as it is, at the moderators' desk."""
    form = {"action": "release_as_is", "_selected_action": [document["id"]]}
    status = desk.post("/admin/publishing/publication/", form).status_code
    work_off()
    return status


@pytest.mark.sandbox
def test_undeclared_use_waits_for_a_moderator_who_lets_it_go_live(
    alice: Person, charlie: Person, grace: Person, visitor: Person, tmp_path: Path
) -> None:
    held = through(alice, build_wheel(tmp_path, code=using(*CALLS)))
    assert held["state"] == "held", held
    for kind in CALLS:
        finding = assert_finding(held, f"permissions/undeclared-{kind}")
        assert (finding["file"], finding["blocking"]) == ("demo_hello/__init__.py", True)
        assert finding["line"]
    assert not Release.objects.exists()
    assert_problem(visitor.get("/api/v1/tools/demo/hello"), 404, "tool_not_found")
    assert visitor.get("/index/demo/hello.json").status == 404

    assert approve(desk_of(charlie), held) == 302  # sent away to sign in as somebody else
    assert approve(desk_of(alice), held) == 302
    assert Publication.objects.get().state == "held"

    desk = desk_of(grace)
    assert "demo/hello" in desk.get("/admin/publishing/publication/?state__exact=held").text
    assert approve(desk, held) == 302
    assert Publication.objects.get().state == "published"
    assert visitor.get("/index/demo/hello.json").status == 200
    release = assert_ok(visitor.get("/api/v1/tools/demo/hello/releases/1.0.0"))
    assert release["security"]["level"] == "warning"
    assert release["scores"]["security"] < 100


@pytest.mark.sandbox
def test_what_is_declared_goes_live_by_itself(alice: Person, tmp_path: Path) -> None:
    declared = '["network:api.example.org", "environment:API_KEY", "system-command"]'
    wheel = build_wheel(tmp_path, code=using(*CALLS), manifest=declaring(declared))
    assert through(alice, wheel)["state"] == "published"


def declaring(permissions: str) -> str:
    """The manifest of demo/hello that declares a TOML list of permissions."""
    text = MANIFEST.format(title="Hello", package="demo_hello", function="hello")
    return text.replace("permissions = []", f"permissions = {permissions}")
