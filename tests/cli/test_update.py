"""A new version changes what a tool may do and says: shown, asked, and never slipped in."""

from __future__ import annotations

import json
import shutil
import tomllib

from tests.cli.conftest import Shell
from tests.cli.registry import StaticRegistry
from tests.package.wheels import function_spec

MANIFEST = """schema = 1
title = "Hello"
category = "utility"
permissions = [{permissions}]
[functions.hello]
entry = "demo_hello:hello"
read_only = true
"""


def manifest(*permissions: str) -> str:
    return MANIFEST.format(permissions=", ".join(f'"{each}"' for each in permissions))


def locked_version(shell: Shell) -> str:
    return str(tomllib.loads(shell.read("lumos.lock"))["tools"][0]["version"])


def test_update_stays_in_the_range_and_latest_goes_beyond(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello", "1.0.0")
    project.lumos("add", "tool", "demo/hello")
    registry.publish("demo/hello", "1.3.0")
    registry.publish("demo/hello", "2.1.0")
    assert "up to date" in project.lumos("add", "tool", "demo/hello").err
    project.lumos("update")
    assert locked_version(project) == "1.3.0"
    project.lumos("update", "hello", "--latest", "--dry-run")
    assert locked_version(project) == "1.3.0"
    project.lumos("update", "hello", "--latest")
    assert locked_version(project) == "2.1.0"
    assert tomllib.loads(project.read("lumos.toml"))["tools"][0]["version"] == "^2.1"


def test_a_first_install_shows_permissions_with_their_risk(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello", manifest=manifest("network:api.example.org", "system-command"))
    ran = project.lumos("add", "tool", "demo/hello")
    assert "may use network:api.example.org  medium risk" in ran.err
    assert "may use system-command  high risk" in ran.err


def needs(declared: list[str], found: list[str], *, checked: bool = False) -> dict[str, object]:
    return {"declared": declared, "found": found, "dependencies_checked": checked}


def test_what_is_used_undeclared_is_shown_and_asked_like_what_is_declared(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello", "1.0.0", manifest=manifest("file-read"))
    found = needs(["file-read"], ["file-read", "system-command"])
    registry.change("demo/hello", "1.0.0", permissions=found)
    ran = project.lumos("add", "tool", "demo/hello")
    assert "may use file-read  low risk" in ran.err
    assert "uses undeclared system-command  high risk" in ran.err
    assert "Its dependencies were not checked." in ran.err
    registry.publish("demo/hello", "1.1.0", manifest=manifest("file-read"))
    grown = needs(["file-read"], ["file-read", "network:api.example.org"], checked=True)
    registry.change("demo/hello", "1.1.0", permissions=grown)
    ran = project.lumos("update", code=4)
    assert "now also uses undeclared network:api.example.org  medium risk" in ran.err
    assert locked_version(project) == "1.0.0"
    project.lumos("update", "--yes")
    locked = tomllib.loads(project.read("lumos.lock"))["tools"][0]
    assert locked["permissions"] == ["file-read"]
    assert locked["permissions_found"] == ["file-read", "network:api.example.org"]
    assert locked["dependencies_checked"] is True


def test_info_shows_declared_and_found_and_what_nobody_checked(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello", "1.0.0", manifest=manifest("file-read"))
    older = project.lumos("tools", "info", "demo/hello").out
    assert "file-read (low risk)" in older
    assert "Its code was not checked" in older
    registry.change("demo/hello", "1.0.0", permissions=needs(["file-read"], ["crypto"]))
    said = project.lumos("tools", "info", "demo/hello").out
    assert "found in code  crypto Its dependencies were not checked." in said
    assert "not declared   crypto (high risk)" in said


def test_more_permissions_need_a_yes_where_nobody_can_be_asked(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello", "1.0.0", manifest=manifest("network:*.example.org"))
    project.lumos("add", "tool", "demo/hello")
    registry.publish("demo/hello", "1.1.0", manifest=manifest("network:api.example.org"))
    project.lumos("update")
    registry.publish("demo/hello", "1.2.0", manifest=manifest("file-read"))
    ran = project.lumos("update", code=4)
    assert "now also asks for file-read  low risk" in ran.err
    assert "no longer asks for network:api.example.org" in ran.err
    assert "--yes" in ran.err
    assert locked_version(project) == "1.1.0"
    project.lumos("update", "--yes")
    assert locked_version(project) == "1.2.0"


def test_a_changed_description_is_shown_without_what_a_terminal_would_obey(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello", "1.0.0")
    project.lumos("add", "tool", "demo/hello")
    spec = function_spec(description="Greet\nsomeone \x1b[31mloudly.")
    registry.publish("demo/hello", "1.0.1", functions=[spec])
    ran = project.lumos("update", "--json")
    assert "- Greet someone." in ran.err
    assert "+ Greet someone [31mloudly." in ran.err
    assert ran.json["changes"][0]["descriptions"][0]["after"].startswith("Greet")


def test_what_breaks_callers_is_shown(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello", "1.0.0")
    project.lumos("add", "tool", "demo/hello")
    spec = function_spec()
    spec["input_schema"]["properties"]["times"]["maximum"] = 3
    registry.publish("demo/hello", "2.0.0", functions=[spec])
    said = project.lumos("update", "--latest").err
    assert "~ demo/hello 1.0.0 -> 2.0.0\n    breaking hello: the input times" in said


def test_a_clone_installs_what_is_locked(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello", "1.0.0")
    project.lumos("add", "tool", "demo/hello")
    registry.publish("demo/hello", "1.1.0")
    shutil.rmtree(project.folder / ".lumos")
    assert "lumos install" in project.lumos("run", "hello", '{"name": "A"}', code=3).err
    lock = project.read("lumos.lock")
    project.lumos("install")
    assert project.read("lumos.lock") == lock
    project.lumos("run", "hello", '{"name": "Ada"}')

    toml = project.read("lumos.toml").replace('"^1.0"', '"^2.0"')
    (project.folder / "lumos.toml").write_text(toml)
    ran = project.lumos("install", code=2)
    assert "lumos.toml needs demo/hello ^2.0, but 1.0.0 is locked." in ran.err


def test_the_lock_follows_a_registry_that_moves(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello", "1.0.0")
    project.lumos("add", "tool", "demo/hello")
    lock = project.read("lumos.lock").replace(registry.url, "http://127.0.0.1:9")
    (project.folder / "lumos.lock").write_text(lock)
    shutil.rmtree(project.folder / ".lumos")
    shutil.rmtree(project.folder.parent / "cache")
    project.lumos("install")


def test_a_deprecated_tool_says_why_and_what_to_use_instead(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello", "1.0.0")
    path = registry.root / "index/demo/hello.json"
    told = {"status": "deprecated", "deprecation": "It greets\x1b nobody.", "successor": "demo/hi"}
    path.write_text(json.dumps({**json.loads(path.read_text()), **told}), "utf-8")
    why = "demo/hello is deprecated (It greets  nobody.); use demo/hi instead."
    assert why in project.lumos("add", "tool", "demo/hello").err
    assert "It greets  nobody." in project.lumos("tools", "info", "demo/hello").out


def test_questions_go_to_the_registry_of_the_lock_file(
    project: Shell, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello", "1.0.0")
    project.lumos("add", "tool", "demo/hello")
    project.lumos("tools", "info", "demo/hello", LUMOS_REGISTRY="")
    assert registry.url in project.lumos("tools", "search", "x", code=5, LUMOS_REGISTRY="").err


def test_quarantine_reaches_a_locked_install(project: Shell, registry: StaticRegistry) -> None:
    wheel = registry.publish("demo/hello", "1.0.0")
    project.lumos("add", "tool", "demo/hello")
    registry.stored(wheel).unlink()
    shutil.rmtree(project.folder.parent / "cache")
    shutil.rmtree(project.folder / ".lumos")
    assert "status 404" in project.lumos("install", code=5).err


def test_aliases_of_the_tools_group_do_the_same(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello", "1.0.0")
    project.lumos("tools", "add", "demo/hello@1.0.0")
    assert project.lumos("tools", "list").out.split() == ["demo/hello", "1.0.0", "1.0.0"]
    project.lumos("tools", "remove", "hello")
    info = project.lumos("tools", "info", "demo/hello", "--json").json
    assert (info["version"], info["functions"][0]["name"]) == ("1.0.0", "hello")
    assert "not measured" in project.lumos("tools", "info", "demo/hello").out
