"""What other programs follow or show: feeds, and the badge."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from catalog.models import QualityReport, Release, Tool, ToolStatus
from core.store import public_store
from marketplace import stored
from marketplace.tasks import write_site_files
from publishing.followups import after_change
from registry.actions import repair
from tests.site.releases import publish_without_checks
from tests.support import Person
from tests.support.jobs import run_jobs

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(answer: Any) -> list[tuple[str, str]]:
    """Title and summary of each entry of a feed, which must be well-formed."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    assert feed.findtext(f"{ATOM}updated")
    return [
        (str(entry.findtext(f"{ATOM}title")), str(entry.findtext(f"{ATOM}summary")))
        for entry in feed.findall(f"{ATOM}entry")
    ]


def test_new_tools_can_be_followed(hello: Release, visit: Client) -> None:
    assert entries(visit.get("/new.atom")) == [("demo/hello", hello.summary)]
    assert '<link rel="alternate" type="application/atom+xml"' in visit.get("/").content.decode()


def test_an_empty_marketplace_has_an_empty_feed(visit: Client) -> None:
    assert entries(visit.get("/new.atom")) == []


def test_the_releases_of_a_tool_can_be_followed(
    hello: Release, alice: Person, visit: Client, tmp_path: Path
) -> None:
    publish_without_checks(tmp_path, version="1.1.0")
    Release.objects.filter(version="1.1.0").update(notes="Less <b>memory</b> & more.")
    alice.yank("demo/hello", "1.0.0", "It greets the wrong person.")
    run_jobs()
    found = entries(visit.get("/tools/demo/hello/releases.atom"))
    assert found == [
        ("demo/hello 1.1.0", "Less memory & more."),
        ("demo/hello 1.0.0 (yanked)", hello.summary),
    ]
    assert visit.get("/tools/demo/nothing/releases.atom").status_code == 404


FILES = ("/new.atom", "/tools/demo/hello/releases.atom", "/sitemap.xml")


@pytest.mark.parametrize("path", FILES)
def test_feeds_and_sitemap_name_the_site_s_own_address_whoever_asks(
    hello: Release, visit: Client, settings: Any, path: str
) -> None:
    stored.forget()
    settings.SITE_URL = "https://tools.example.org:8443"
    text = visit.get(path, headers={"Host": "evil.example"}).content.decode()
    assert "https://tools.example.org:8443/tools/demo/hello/" in text
    assert "evil.example" not in text


@pytest.mark.parametrize("path", FILES)
def test_feeds_and_sitemap_are_rendered_by_jobs_and_served_as_stored(
    hello: Release, visit: Client, path: str
) -> None:
    write_site_files()
    first = visit.get(path)
    Release.objects.update(version="9.9.9")
    Tool.objects.update(summary="Changed.", name="changed")
    unchanged = path.replace("hello", "changed")
    public_store().put(
        "feeds/tools/demo/changed.atom", public_store().get("feeds/tools/demo/hello.atom")
    )
    second = visit.get(unchanged)
    assert second.content == first.content
    assert first["ETag"] == second["ETag"]
    assert visit.get(unchanged, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", FILES)
def test_feeds_and_sitemap_are_rendered_once_where_no_job_has_run(
    hello: Release, visit: Client, path: str
) -> None:
    stored.forget()
    assert visit.get(path).status_code == 200
    [key] = public_store().list("feeds")
    public_store().put(key, b"<stored/>")
    assert visit.get(path).content == b"<stored/>"


def test_a_withdrawn_tool_has_no_feed_and_is_in_none(hello: Release, visit: Client) -> None:
    write_site_files()
    Tool.objects.update(status=ToolStatus.QUARANTINED)
    assert visit.get("/tools/demo/hello/releases.atom").status_code == 404
    after_change(hello.tool)
    run_jobs()
    write_site_files()
    assert list(public_store().list("feeds")) == [stored.NEW_TOOLS, stored.SITEMAP]
    assert entries(visit.get("/new.atom")) == []
    assert "demo/hello" not in visit.get("/sitemap.xml").content.decode()


def test_texts_with_markup_and_control_characters_stay_plain_text(
    hello: Release, visit: Client
) -> None:
    Tool.objects.update(summary="Cuts <script>\x1b[2J & \u202epastes.")
    after_change(hello.tool)
    run_jobs()
    answer = visit.get("/new.atom")
    assert entries(answer) == [("demo/hello", "Cuts <script> [2J & pastes.")]
    assert b'<summary type="text">' in answer.content


def test_the_registry_s_sweep_leaves_feeds_and_sitemap_alone(hello: Release, visit: Client) -> None:
    write_site_files()
    before = list(public_store().list("feeds"))
    assert len(before) == 3
    repair(grace=0)
    assert list(public_store().list("feeds")) == before


def test_a_badge_shows_the_five_scores_on_any_site(hello: Release, visit: Client) -> None:
    QualityReport.objects.filter(release=hello).update(security=97, overall=None)
    answer = visit.get("/tools/demo/hello/badge.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    ElementTree.fromstring(answer.content)
    text = answer.content.decode()
    assert "demo/hello, measured: Security: 97" in text
    assert "Overall: –" in text
    assert "stroke-dasharray" in text
    shown = f"[![demo/hello]({settings.SITE_URL}/tools/demo/hello/badge.svg)]"
    assert shown in visit.get("/tools/demo/hello/").content.decode()
