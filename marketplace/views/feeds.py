"""What other programs follow or show: Atom feeds, and the badge with a tool's evidence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.models import Release, Tool
from marketplace.presenters.evidence import Bar, bars
from marketplace.queries import release_or_none
from marketplace.views.tools import find_tool

ENTRIES = 30
ATOM = "application/atom+xml; charset=utf-8"
SECONDS = 300
#: The badge: five bars from left to right.
FIRST_BAR, BAR_STEP, BAR_WIDTH = 35, 30, 24


@require_safe
def new_tools(request: HttpRequest) -> HttpResponse:
    """The tools that appeared last."""
    rows = Tool.objects.live().select_related("namespace", "latest").order_by("-created_at")
    entries = [_tool(tool) for tool in rows.defer("card", "document")[:ENTRIES]]
    return _feed(request, "New tools", "/search?sort=created", entries)


@require_safe
def releases(request: HttpRequest, namespace: str, name: str) -> HttpResponse:
    """The releases of one tool, newest first."""
    tool = find_tool(namespace, name)
    rows = tool.releases.live().prefetch_related("yanks").order_by("-published_at")
    shown = rows.only("tool", "version", "published_at", "notes", "summary")[:ENTRIES]
    entries = [_release(tool, release) for release in shown]
    return _feed(request, f"Releases of {tool.full_name}", tool.get_absolute_url(), entries)


@require_safe
def badge(request: HttpRequest, namespace: str, name: str) -> HttpResponse:
    """The evidence strip of the latest release as a small picture for READMEs elsewhere."""
    tool = find_tool(namespace, name)
    release = release_or_none(tool, None)
    quality = getattr(release, "quality", None)
    found = bars(quality.scores() if quality else None)
    scores = ", ".join(f"{bar.measure.label}: {bar.number}" for bar in found)
    text = _("%(tool)s, measured: %(scores)s") % {"tool": tool.full_name, "scores": scores}
    context = {"said": text, "drawn": [_drawn(*bar) for bar in enumerate(found)]}
    response = render(request, "marketplace/badge.svg", context, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _drawn(place: int, bar: Bar) -> tuple[Bar, int, float, float]:
    """A bar with its place, its length and where its target stands, in the picture's pixels."""
    scale = BAR_WIDTH / 100
    return bar, FIRST_BAR + place * BAR_STEP, (bar.score or 0) * scale, bar.measure.target * scale


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "path": tool.get_absolute_url(),
        "title": tool.full_name,
        "text": tool.summary,
        "at": tool.created_at,
        "author": tool.namespace.name,
    }


def _release(tool: Tool, release: Release) -> dict[str, Any]:
    yanked = " (yanked)" if release.is_yanked else ""
    return {
        "path": f"{tool.get_absolute_url()}{release.version}/",
        "title": f"{tool.full_name} {release.version}{yanked}",
        "text": strip_tags(release.notes) or release.summary,
        "at": release.published_at,
        "author": tool.namespace.name,
    }


def _feed(
    request: HttpRequest, title: str, path: str, entries: list[dict[str, Any]]
) -> HttpResponse:
    context = {
        "title": title,
        "path": path,
        "own": request.path,
        "entries": entries,
        "updated": max((entry["at"] for entry in entries), default=timezone.now()),
    }
    response = render(request, "marketplace/feed.xml", context, content_type=ATOM)
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
