"""What other programs follow or show: Atom feeds, and the badge with a tool's evidence."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace import stored
from marketplace.presenters.evidence import Bar, bars
from marketplace.queries import release_or_none
from marketplace.views.tools import find_tool

ATOM = "application/atom+xml; charset=utf-8"
SECONDS = 300
#: The badge: five bars from left to right.
FIRST_BAR, BAR_STEP, BAR_WIDTH = 35, 30, 24


@require_safe
def new_tools(request: HttpRequest) -> HttpResponse:
    """The tools that were published last."""
    return _feed(stored.read(stored.NEW_TOOLS, stored.write_new_tools))


@require_safe
def releases(request: HttpRequest, namespace: str, name: str) -> HttpResponse:
    """The releases of one tool, newest first."""
    tool = find_tool(namespace, name)
    write = partial(stored.write_releases, tool.pk)
    return _feed(stored.read(stored.releases_key(tool), write))


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


def _feed(data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type=ATOM)
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
