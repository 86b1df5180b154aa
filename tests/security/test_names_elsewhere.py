"""Dependency confusion: a name of ours is never looked for in somebody else's index."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts import actions
from accounts.models import User
from catalog.models import Release, Tool, ToolStatus
from core.errors import DomainError
from core.store import public_store
from lumos.client import buildenv, pythonenv
from lumos.client.errors import NetworkError, Refused
from lumos.client.toolproject import ToolProject
from lumos.client.transport import Transport as ClientTransport
from marketplace.presenters.toolpage import install_snippets
from publishing.dependencies import Unavailable, closure
from registry import repair
from registry.actions import write_tool
from registry.serve import StaticTree
from tests.package.wheels import build_wheel
from tests.registry import servers
from tests.registry.releases import put_release
from tests.registry.test_serving import site
from tests.support import Person
from tests.support.answers import assert_finding
from tests.support.jobs import run_jobs, submit
from tests.support.transports import HttpTransport, Transport, WsgiTransport

UPSTREAM = "https://up.example/simple"


@pytest.fixture
def tree(own_folders: Path) -> Transport:
    made = StaticTree(
        site,
        store=public_store(),
        download_log=settings.DOWNLOAD_LOG_DIR,
        upstream_index=UPSTREAM,
    )
    return WsgiTransport(lambda: made)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["live", "yanked", "no release", "deleted", "quarantined"])
def test_a_name_stays_ours_whatever_becomes_of_its_tool(tree: Transport, state: str) -> None:
    release = put_release("demo/hello")
    tool = release.tool
    if state == "yanked":
        release.yanks.create(reason="It breaks.")
    elif state == "no release":
        Release.objects.update(quarantined_at=timezone.now(), quarantine_reason="Spam")
    elif state in ToolStatus.values:
        Tool.objects.update(status=state)
    write_tool(tool.pk)
    for path in ("/simple/demo-hello/", "/simple/demo-new/", "/simple/demo-hello-2/"):
        answer = tree.send("GET", path)
        assert answer.status == (200 if path == "/simple/demo-hello/" else 404), path
    assert tree.send("GET", "/simple/requests/").status == 302


def test_a_namespace_is_ours_before_its_first_release(alice: Person, tree: Transport) -> None:
    user = User.objects.get(email=alice.email)
    actions.create_namespace(by=user, name="acme")
    run_jobs()
    assert tree.send("GET", "/simple/acme-tool/").status == 404
    assert tree.send("GET", "/index/acme/.namespace").status == 404
    shutil.rmtree(Path(settings.PUBLIC_DIR) / "index/acme")
    repair.repair()
    assert tree.send("GET", "/simple/acme-tool/").status == 404
    assert tree.send("GET", "/simple/acme/").status == 302  # no tool is called so


@pytest.mark.parametrize("name", ["django", "google", "requests", "boto3", "lumos"])
def test_a_namespace_that_would_shut_out_well_known_packages_is_refused(
    alice: Person, name: str
) -> None:
    with pytest.raises(DomainError):
        actions.create_namespace(by=User.objects.get(email=alice.email), name=name)


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is missing")
def test_nginx_knows_our_namespaces_too(tmp_path: Path) -> None:
    root = tmp_path / "public"
    servers.fill(root)
    with servers.served("nginx", root, tmp_path / "run", UPSTREAM_INDEX=UPSTREAM) as address:
        transport = HttpTransport(address)
        assert transport.send("GET", "/simple/demo-hello/").status == 200
        for name in ("demo-new", "demo-hello-2", "lumos-new"):
            assert transport.send("GET", f"/simple/{name}/").status == 404, name
        for name in ("requests", "demo", "demos-new"):
            answer = transport.send("GET", f"/simple/{name}/")
            assert answer.headers["location"] == f"{UPSTREAM}/{name}/"


@pytest.mark.django_db
def test_a_withdrawn_dependency_is_not_taken_from_elsewhere(own_folders: Path) -> None:
    put_release("demo/base")
    put_release("demo/middle", dependencies=["demo-base>=1"])
    assert [each.tool.name for each in closure(["demo-middle"])[0]] == ["middle", "base"]
    Tool.objects.filter(name="base").update(status=ToolStatus.QUARANTINED)
    for requirement in ("demo-middle", "demo-base", "demo-nothing", "lumos-nothing"):
        with pytest.raises(Unavailable):
            closure([requirement])
    assert closure(["requests>=2"]) == ([], ["requests>=2"])


def test_a_new_tool_cannot_take_the_name_of_a_package_that_a_tool_uses(
    alice: Person, charlie: Person, tmp_path: Path, recorded_checks: None
) -> None:
    release = put_release("demo/hello", dependencies=["charlie-parser>=1"])
    assert release.dependencies.get().tool is None
    ended = submit(charlie, build_wheel(tmp_path, tool="charlie/parser"))
    assert ended["state"] == "rejected"
    assert_finding(ended, "name/third-party")


@pytest.mark.django_db
@pytest.mark.parametrize("needs", [[], ["requests>=2"], ["demo-base>=1"], ["demo-base", "six"]])
def test_no_command_that_we_show_asks_two_indexes_at_once(
    own_folders: Path, needs: list[str]
) -> None:
    put_release("demo/base")
    release = put_release("demo/hello", dependencies=needs)
    for pinned in (True, False):
        for snippet in install_snippets(release.tool, release, pinned=pinned):
            assert "--extra-index-url" not in snippet.text
            from_us = next((s for s in snippet.text.splitlines() if "--index-url" in s), "")
            if "six" in needs:
                assert "demo-base" in from_us or snippet.client != "pip"


def test_no_page_of_the_guide_asks_two_indexes_at_once() -> None:
    for page in (settings.BASE_DIR / "docs").rglob("*.md"):
        commands = [line for line in page.read_text("utf-8").splitlines() if line.startswith("$ ")]
        assert "--extra-index-url" not in "\n".join(commands), page


def test_the_command_takes_a_possible_tool_from_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMOS_REGISTRY", "http://127.0.0.1:9")  # nobody answers there
    with pytest.raises(NetworkError):
        buildenv._simple_index(ClientTransport(), _project(tmp_path, "acme-web-search>=1"))
    assert buildenv._simple_index(ClientTransport(), _project(tmp_path, "requests>=2")) == ""
    monkeypatch.setattr(pythonenv, "find_uv", lambda: None)
    with pytest.raises(Refused, match="uv is needed"):
        pythonenv.install_from_index(tmp_path, ["demo-base"], index="http://127.0.0.1:9/simple/")


def _project(root: Path, requirement: str) -> ToolProject:
    (root / "pyproject.toml").write_text(
        f'[project]\nname = "demo-hello"\nversion = "1.0.0"\ndependencies = ["{requirement}"]\n'
    )
    return ToolProject(root)
