"""A version is taken once, said truly, and free again after a refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog.models import Release, Tool
from publishing.models import Publication
from publishing.states import State
from tests.package.wheels import build_wheel, function_spec
from tests.support import Person, assert_finding, assert_ok, assert_problem
from tests.support.cast import PASSWORD
from tests.support.jobs import live_tool, run_jobs, submit

pytestmark = pytest.mark.usefixtures("recorded_checks")

CODE = '''"""Greets people."""

from dataclasses import dataclass


@dataclass
class Greeting:
    text: str


def hello({parameters}) -> Greeting:
    """Greet someone.

    Args:
        name: Whom to greet.
{documented}
    """
    return Greeting(" ".join(["Hello"] * times + [name]))
'''


def _with_parameter(required: bool) -> dict[str, Any]:
    """The parts of a hello with one more input, ``mood``."""
    spec = function_spec("hello")
    properties = spec["input_schema"]["properties"]
    mood = {"type": "string", "title": "Mood", "description": "How."}
    if required:
        spec["input_schema"]["required"] = ["name", "mood"]
        spec["input_schema"]["properties"] = {
            "name": properties["name"], "mood": mood, "times": properties["times"],
        }  # fmt: skip
        parameters = "name: str, mood: str, times: int = 1"
    else:
        properties["mood"] = {**mood, "default": "glad"}
        parameters = 'name: str, times: int = 1, mood: str = "glad"'
    documented = "        times: How often to say hello.\n        mood: How."
    manifest = None
    if required:
        manifest = MANIFEST
    return {
        "functions": [spec],
        "code": CODE.format(parameters=parameters, documented=documented),
        "manifest": manifest,
    }


MANIFEST = """schema = 1
title = "Hello"
category = "utility"
permissions = []

[functions.hello]
entry = "demo_hello:hello"
read_only = true

[[functions.hello.examples]]
title = "One greeting"
input = { name = "Ada", mood = "glad" }
output = { text = "Hello Ada" }
"""


@pytest.fixture
def hello(alice: Person, tmp_path: Path) -> dict[str, Any]:
    """demo/hello 1.0.0, live."""
    return live_tool(alice, tmp_path)


def test_the_same_release_again_is_a_conflict_that_links_it(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    document = assert_problem(alice.publish(build_wheel(tmp_path)), 409, "version_exists")
    assert document["release_url"] == "/tools/demo/hello/1.0.0/"
    assert "same contents" in document["detail"]
    assert_ok(alice.get(document["api_url"]))


def test_other_bytes_for_a_version_that_exists_are_told_to_raise_it(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    wheel = build_wheel(tmp_path, readme="# Another\n")
    document = assert_problem(alice.publish(wheel), 409, "version_exists")
    assert "other contents" in document["detail"]
    assert "Raise the version" in document["suggestion"]
    assert Release.objects.get().sha256 == hello["sha256"]


def test_a_deleted_release_uses_its_version_up_for_ever(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    from django.utils import timezone

    Release.objects.update(deleted_at=timezone.now())
    wheel = build_wheel(tmp_path, readme="# Another\n")
    assert_problem(alice.publish(wheel), 409, "version_exists")


def test_the_same_bytes_in_flight_are_the_same_publication(
    alice: Person, bob: Person, tmp_path: Path
) -> None:
    wheel = build_wheel(tmp_path)
    first = alice.publish(wheel)
    again = alice.publish(wheel)
    assert first.status == again.status == 202
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["idempotency-replayed"] == "true"
    assert bob.publish(wheel).json()["id"] == first.json()["id"]
    assert Publication.objects.count() == 1


def test_other_bytes_in_flight_are_a_conflict_that_links_the_first(
    alice: Person, tmp_path: Path
) -> None:
    begun = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    wheel = build_wheel(tmp_path, readme="# Another\n")
    document = assert_problem(alice.publish(wheel), 409, "version_in_flight")
    assert document["publication"] == begun["id"]
    assert Publication.objects.count() == 1


def test_a_retry_with_the_same_key_is_the_same_publication(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    first = alice.publish(wheel, key="upload-1")
    run_jobs()
    again = alice.publish(wheel, key="upload-1")
    assert again.status == 202
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["state"] == "published"


def test_a_key_for_another_wheel_is_refused(alice: Person, tmp_path: Path) -> None:
    alice.publish(build_wheel(tmp_path), key="upload-1")
    other = build_wheel(tmp_path, version="1.1.0")
    assert_problem(alice.publish(other, key="upload-1"), 422, "idempotency_key_reused")


def test_the_same_key_of_two_people_is_two_keys(
    alice: Person, charlie: Person, tmp_path: Path
) -> None:
    mine = assert_ok(alice.publish(build_wheel(tmp_path), key="upload-1"), 202)
    wheel = build_wheel(tmp_path, tool="charlie/hello")
    theirs = assert_ok(charlie.publish(wheel, key="upload-1"), 202)
    assert mine["id"] != theirs["id"]


@pytest.mark.parametrize("dry_run", ["true", "1", "on"])
def test_a_dry_run_says_all_and_leaves_nothing(
    alice: Person, visitor: Person, tmp_path: Path, own_folders: Path, dry_run: str
) -> None:
    ended = submit(alice, build_wheel(tmp_path), dry_run=dry_run)
    assert ended["state"] == "passed", ended
    assert ended["dry_run"] is True
    assert set(ended["scores"]) == {
        "security", "performance", "compatibility", "documentation", "overall",
    }  # fmt: skip
    assert not Tool.objects.exists()
    assert visitor.get("/index/demo/hello.json").status == 404
    assert assert_ok(visitor.get("/api/v1/search?q=hello"))["total"] == 0
    assert live_tool(alice, tmp_path)["state"] == "published"


def test_a_dry_run_that_would_be_held_waits_for_nobody(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    dry = submit(alice, wheel, dry_run="true")
    Publication.objects.update(state=State.HELD)
    browser = Client()
    browser.login(email=alice.email, password=PASSWORD)
    page = browser.get(dry["url"]).content.decode()
    assert "nobody is asked" in page
    assert "Withdraw" not in page
    assert assert_ok(alice.publish(wheel, dry_run="true"), 202)["id"] != dry["id"]


def test_a_dry_run_may_be_repeated_beside_a_real_one(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    dry = assert_ok(alice.publish(wheel, dry_run="true"), 202)
    real = assert_ok(alice.publish(wheel), 202)
    assert dry["id"] != real["id"]
    run_jobs()
    assert alice.publication(dry)["state"] == "passed"
    assert alice.publication(real)["state"] == "published"


def test_a_required_input_in_a_patch_is_refused_with_the_difference(
    hello: dict[str, Any], alice: Person, visitor: Person, tmp_path: Path
) -> None:
    wheel = build_wheel(tmp_path, version="1.0.1", **_with_parameter(required=True))
    ended = submit(alice, wheel)
    assert ended["state"] == "rejected", ended
    finding = assert_finding(ended, "compatibility/…")
    assert "2.0.0" in finding["message"] + finding["fix"]
    (change,) = [one for one in finding["evidence"]["changes"] if "mood" in str(one)]
    assert change["level"] == "major"
    assert change["function"] == "hello"
    assert finding["message"] in ended["reasons"]
    versions = [one["version"] for one in visitor.get("/index/demo/hello.json").json()["releases"]]
    assert versions == ["1.0.0"]


def test_after_the_refusal_the_version_is_free_again(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    broken = build_wheel(tmp_path, version="1.0.1", **_with_parameter(required=True))
    assert submit(alice, broken)["state"] == "rejected"
    live_tool(alice, tmp_path, version="1.0.1")


@pytest.mark.parametrize(("version", "state"), [("1.1.0", "rejected"), ("2.0.0", "published")])
def test_a_required_input_needs_a_major_version(
    hello: dict[str, Any], alice: Person, tmp_path: Path, version: str, state: str
) -> None:
    wheel = build_wheel(tmp_path, version=version, **_with_parameter(required=True))
    assert submit(alice, wheel)["state"] == state


@pytest.mark.parametrize(("version", "state"), [("1.0.1", "rejected"), ("1.1.0", "published")])
def test_an_optional_input_needs_a_minor_version(
    hello: dict[str, Any], alice: Person, tmp_path: Path, version: str, state: str
) -> None:
    wheel = build_wheel(tmp_path, version=version, **_with_parameter(required=False))
    assert submit(alice, wheel)["state"] == state


def test_below_1_0_0_a_minor_version_may_break(alice: Person, tmp_path: Path) -> None:
    live_tool(alice, tmp_path, version="0.1.0")
    breaking = _with_parameter(required=True)
    wheel = build_wheel(tmp_path, version="0.1.1", **breaking)
    assert submit(alice, wheel)["state"] == "rejected"
    assert submit(alice, build_wheel(tmp_path, version="0.2.0", **breaking))["state"] == "published"


def test_a_permission_that_is_new_needs_a_major_version(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    manifest = MANIFEST.replace("permissions = []", 'permissions = ["network:api.example.org"]')
    manifest = manifest.replace(', mood = "glad"', "")
    wheel = build_wheel(tmp_path, version="1.1.0", manifest=manifest)
    ended = submit(alice, wheel)
    assert ended["state"] == "rejected"
    assert "network:api.example.org" in str(assert_finding(ended, "compatibility/…"))


def test_a_yanked_release_is_not_compared_with(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    wider = _with_parameter(required=False)
    assert submit(alice, build_wheel(tmp_path, version="1.1.0", **wider))["state"] == "published"
    assert_ok(alice.yank("demo/hello", "1.1.0"))
    ended = live_tool(alice, tmp_path, version="1.1.1")
    assert "compared with 1.0.0" in ended["steps"][0]["message"]


def test_a_fix_of_an_old_line_is_compared_with_that_line(
    hello: dict[str, Any], alice: Person, tmp_path: Path
) -> None:
    breaking = _with_parameter(required=True)
    assert submit(alice, build_wheel(tmp_path, version="2.0.0", **breaking))["state"] == "published"
    ended = live_tool(alice, tmp_path, version="1.0.1")
    assert "compared with 1.0.0" in ended["steps"][0]["message"]


def test_pre_releases_are_versions_like_others_but_not_shown_first(
    hello: dict[str, Any], alice: Person, visitor: Person, tmp_path: Path
) -> None:
    breaking = _with_parameter(required=True)
    wheel = build_wheel(tmp_path, version="2.0.0-beta.1", **breaking)
    assert wheel.name == "demo_hello-2.0.0b1-py3-none-any.whl"
    ended = submit(alice, wheel)
    assert (ended["state"], ended["version"]) == ("published", "2.0.0-beta.1")
    assert visitor.get("/api/v1/tools/demo/hello").json()["version"] == "1.0.0"
    ended = submit(alice, build_wheel(tmp_path, version="2.0.0-beta.2", **breaking))
    assert "compared with 2.0.0-beta.1" in ended["steps"][0]["message"]


@pytest.mark.parametrize("version", ["1.0", "1.0.0.1", "1.0.0+local", "1.0.0.dev1", "1!1.0.0"])
def test_a_version_that_is_not_semver_is_refused(
    alice: Person, tmp_path: Path, version: str
) -> None:
    answer = alice.publish(build_wheel(tmp_path, version=version))
    assert_problem(answer, 422, "package_refused")
    assert not Publication.objects.exists()
