"""What other programs follow or show: feeds, and the badge."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.test import Client

from catalog.models import QualityReport, Release
from tests.site.releases import publish_without_checks
from tests.support import Person

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
    found = entries(visit.get("/tools/demo/hello/releases.atom"))
    assert found == [
        ("demo/hello 1.1.0", "Less memory & more."),
        ("demo/hello 1.0.0 (yanked)", hello.summary),
    ]
    assert visit.get("/tools/demo/nothing/releases.atom").status_code == 404


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
