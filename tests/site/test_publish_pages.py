"""Publishing in the browser, and the page that tells how it goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.models import Release
from publishing.models import Publication
from publishing.rulebook import RULES
from tests.package.wheels import CODE, build_wheel
from tests.support import Person
from tests.support.jobs import run_jobs


def upload(client: Client, wheel: Path, **form: str) -> Any:
    """Send the form of the publish page."""
    file = SimpleUploadedFile(wheel.name, wheel.read_bytes())
    return client.post("/publish/", {"wheel": file, **form})


def test_a_wheel_is_published_with_the_browser_alone(
    browse: Callable[[str], Client], tmp_path: Path
) -> None:
    alice = browse("alice")
    answer = upload(alice, build_wheel(tmp_path))
    assert answer.status_code == 302
    address = answer.headers["Location"]
    waiting = alice.get(address).content.decode()
    assert 'http-equiv="refresh"' in waiting
    assert "data-done" not in waiting
    run_jobs()
    done = alice.get(address).content.decode()
    assert "View the tool" in done
    assert "/tools/demo/hello/" in done
    assert 'http-equiv="refresh"' not in done
    assert alice.get("/tools/demo/hello/").status_code == 200


def test_the_live_part_says_when_it_is_done(
    browse: Callable[[str], Client], tmp_path: Path
) -> None:
    alice = browse("alice")
    address = upload(alice, build_wheel(tmp_path)).headers["Location"]
    assert "<html" not in alice.get(f"{address}progress/").content.decode()
    assert "data-done" not in alice.get(f"{address}progress/").content.decode()
    run_jobs()
    assert "data-done" in alice.get(f"{address}progress/").content.decode()


def test_a_dry_run_publishes_nothing(browse: Callable[[str], Client], tmp_path: Path) -> None:
    alice = browse("alice")
    address = upload(alice, build_wheel(tmp_path), dry_run="on").headers["Location"]
    run_jobs()
    assert "All checks passed." in alice.get(address).content.decode()
    assert alice.get("/tools/demo/hello/").status_code == 404


def test_a_package_that_breaks_a_rule_is_refused_with_every_finding(
    browse: Callable[[str], Client], tmp_path: Path
) -> None:
    broken = tmp_path / "demo_hello-1.0.0-py3-none-any.whl"
    broken.write_bytes(b"this is no zip")
    page = upload(browse("alice"), broken)
    assert page.status_code == 422
    text = page.content.decode()
    assert "Why it matters" in text
    assert "How to fix it" in text
    assert "/docs/rules/" in text
    assert not Publication.objects.exists()


def test_a_mistake_in_the_manifest_is_shown_at_its_line(
    browse: Callable[[str], Client], tmp_path: Path
) -> None:
    manifest = 'schema = 1\ntitle = "Hello"\ncategory = "greetings"\npermissions = []\n'
    page = upload(browse("alice"), build_wheel(tmp_path, manifest=manifest))
    assert page.status_code == 422
    marked = re.search(r'code-line code-mark" data-line="3">(.*)</span>', page.content.decode())
    assert marked
    assert "greetings" in marked[1]


def test_what_is_no_wheel_is_said_beside_the_field(browse: Callable[[str], Client]) -> None:
    file = SimpleUploadedFile("notes.txt", b"hello")
    page = browse("alice").post("/publish/", {"wheel": file})
    assert page.status_code == 422
    assert "is not a wheel" in page.content.decode()


def test_nobody_publishes_in_somebody_elses_namespace(
    browse: Callable[[str], Client], tmp_path: Path
) -> None:
    page = upload(browse("mallory"), build_wheel(tmp_path))
    assert page.status_code == 403
    assert "publish in the namespace" in page.content.decode()
    assert not Publication.objects.exists()


def test_the_same_version_again_leads_to_the_release(
    hello: Release, browse: Callable[[str], Client], tmp_path: Path
) -> None:
    page = upload(browse("alice"), build_wheel(tmp_path))
    assert page.status_code == 409
    assert 'href="/tools/demo/hello/1.0.0/"' in page.content.decode()


def test_a_visitor_is_asked_to_sign_in(visit: Client, tmp_path: Path) -> None:
    assert "Sign in" in visit.get("/publish/").content.decode()
    assert upload(visit, build_wheel(tmp_path)).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("part", ["", "progress/"])
def test_a_publication_is_not_there_for_outsiders(
    part: str, browse: Callable[[str], Client], tmp_path: Path
) -> None:
    address = upload(browse("alice"), build_wheel(tmp_path)).headers["Location"]
    assert browse("bob").get(f"{address}{part}").status_code == 200
    assert browse("charlie").get(f"{address}{part}").status_code == 404


def test_a_publication_in_flight_can_be_cancelled_by_its_team_alone(
    browse: Callable[[str], Client], tmp_path: Path
) -> None:
    address = upload(browse("alice"), build_wheel(tmp_path)).headers["Location"]
    assert browse("charlie").post(f"{address}cancel/").status_code == 404
    assert browse("bob").post(f"{address}cancel/").status_code == 302
    assert Publication.objects.get().state == "cancelled"


def test_a_refusal_shows_why_and_can_be_appealed(
    alice: Person, browse: Callable[[str], Client], tmp_path: Path
) -> None:
    code = CODE.replace("Hello", "Goodbye").format(function="hello")
    begun = alice.publish(build_wheel(tmp_path, code=code)).json()
    run_jobs()
    browser = browse("alice")
    page = browser.get(begun["url"]).content.decode()
    assert "Blocking findings" in page
    assert "How to fix it" in page
    assert "You can reuse version" in page
    browser.post(f"{begun['url']}appeal/", {"text": "Goodbye is friendlier."})
    assert Publication.objects.get().state == "held"
    assert "In review. Version" in browser.get(begun["url"]).content.decode()


def test_what_is_held_says_so_and_can_be_withdrawn(
    alice: Person, browse: Callable[[str], Client], tmp_path: Path
) -> None:
    code = CODE.replace("Hello", "Goodbye").format(function="hello")
    begun = alice.publish(build_wheel(tmp_path, code=code)).json()
    run_jobs()
    browser = browse("alice")
    browser.post(f"{begun['url']}appeal/", {"text": "Goodbye is friendlier."})
    page = browser.get(begun["url"]).content.decode()
    for words in ("Blocking findings", "In review", "Appeal: Goodbye is friendlier."):
        assert words in page, words
    assert "Held for review</h2>" not in page
    assert "Withdraw publication" in page
    browser.post(f"{begun['url']}cancel/")
    assert Publication.objects.get().state == "cancelled"


def test_a_wrong_example_shows_what_came_back_line_by_line(
    alice: Person, browse: Callable[[str], Client], tmp_path: Path
) -> None:
    code = CODE.replace("Hello", "Goodbye").format(function="hello")
    begun = alice.publish(build_wheel(tmp_path, code=code)).json()
    run_jobs()
    page = browse("alice").get(begun["url"]).content.decode()
    assert "1 blocking finding. See where, why and how to fix it below." in page
    assert re.search(r'code-line code-removed">-[^<]*Hello Ada', page)
    assert re.search(r'code-line code-added">\+[^<]*Goodbye Ada', page)


def test_the_findings_of_a_held_publication_are_grouped_and_their_rules_say_the_same(
    alice: Person, browse: Callable[[str], Client], tmp_path: Path
) -> None:
    code = CODE.format(function="hello").replace(
        "\nfrom dataclasses", "\nimport subprocess\nfrom dataclasses"
    )
    call = '    if times > 99:\n        subprocess.run(["git", "status"])\n    return Greeting'
    wheel = build_wheel(tmp_path, code=code.replace("    return Greeting", call))
    begun = alice.publish(wheel).json()
    run_jobs()
    browser = browse("alice")
    page = browser.get(begun["url"]).content.decode()
    held, other = page.index("Held for review</h2>"), page.index("Other findings (not blocking)")
    assert held < page.index("/docs/rules/permissions/undeclared-system-command") < other
    assert other < page.index("/docs/rules/bandit/B")
    assert "Blocking findings" not in page
    for check in Publication.objects.get().checks.all():
        for finding in check.findings:
            about = browser.get(finding["docs_url"]).content.decode()
            rule = RULES[finding["rule"]]
            assert f'severity-{rule.severity}"' in about
            assert finding["severity"] == rule.severity or finding["severity"] in rule.weaker
            assert finding["severity"] in about
