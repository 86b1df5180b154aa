"""A tool's page: one URL for each tab, and the same tabs for each release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.models import Release, Tool
from lumos.package.names.tools import OFFICIAL_NAMESPACE
from marketplace import queries
from marketplace.presenters import toolpage
from marketplace.presenters.benchmark import examples_passed
from marketplace.presenters.reports import quality_tab, security_tab

VERSIONS_PER_PAGE = 50


@require_safe
def tool(
    request: HttpRequest, namespace: str, name: str, tab: str = "readme", version: str | None = None
) -> HttpResponse:
    """A tab of a tool's latest release, or of the release in the URL."""
    listing = find_tool(namespace, name)
    release = queries.release_or_none(listing, version)
    if release is None:
        text = _("%(tool)s has no release %(version)s.")
        raise Http404(text % {"tool": listing.full_name, "version": version})
    pinned = version is not None
    context = {
        **frame(listing, release, tab, pinned=pinned),
        **_TABS[tab](request, listing, release),
    }
    return render(request, f"marketplace/tool/{tab}.html", context)


@require_safe
def bare_name(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect a name without namespace to the official tool."""
    return redirect(find_tool(OFFICIAL_NAMESPACE, name))


def find_tool(namespace: str, name: str) -> Tool:
    """The tool; raises Http404 if it does not exist."""
    tool = queries.tool_or_none(namespace, name)
    if tool is None:
        raise Http404(_("There is no tool %(tool)s.") % {"tool": f"{namespace}/{name}"})
    return tool


def frame(tool: Tool, release: Release, tab: str, *, pinned: bool) -> dict[str, Any]:
    """The template context of every tab's frame."""
    quality = getattr(release, "quality", None)
    return {
        "tool": tool,
        "release": release,
        "pinned": pinned,
        "tab": tab,
        "crumbs": toolpage.crumbs(tool, pinned=pinned),
        "here": release.version if pinned else tool.full_name,
        "tabs": toolpage.tabs(tool, release, pinned=pinned),
        "badge": toolpage.badge_markdown(tool),
        "snippets": toolpage.install_snippets(tool, release, pinned=pinned),
        "quality": quality,
        "scores": quality.scores() if quality else None,
        "security": getattr(release, "security", None),
        "weeks": queries.weeks(tool),
        "yank": release.current_yank,
    }


def _readme(request: HttpRequest, tool: Tool, release: Release) -> dict[str, Any]:
    return {"similar": queries.similar(tool)}


def _functions(request: HttpRequest, tool: Tool, release: Release) -> dict[str, Any]:
    quality = getattr(release, "quality", None)
    passed = examples_passed(quality.document() if quality else None)
    rows = release.functions.all()
    return {"functions": [toolpage.function_view(row, passed=passed) for row in rows]}


def _versions(request: HttpRequest, tool: Tool, release: Release) -> dict[str, Any]:
    paginator = Paginator(queries.versions(tool), VERSIONS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return {"page": page, "pages": paginator.get_elided_page_range(page.number)}


def _quality(request: HttpRequest, tool: Tool, release: Release) -> dict[str, Any]:
    return quality_tab(getattr(release, "quality", None))


def _security(request: HttpRequest, tool: Tool, release: Release) -> dict[str, Any]:
    return security_tab(getattr(release, "security", None))


def _dependencies(request: HttpRequest, tool: Tool, release: Release) -> dict[str, Any]:
    rows = release.dependencies.all()
    dependents, count = queries.dependents(tool)
    return {
        "tool_dependencies": [row for row in rows if row.tool],
        "python_dependencies": [row for row in rows if not row.tool],
        "dependents": dependents,
        "dependent_count": count,
    }


_TABS: dict[str, Callable[[HttpRequest, Tool, Release], dict[str, Any]]] = {
    "readme": _readme,
    "functions": _functions,
    "versions": _versions,
    "quality": _quality,
    "security": _security,
    "dependencies": _dependencies,
}
