"""A publisher's page for live releases: yank, delete, deprecate, and undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.policies import can_publish_in
from catalog.models import Release, Tool
from core.errors import DomainError
from marketplace import queries
from marketplace.forms import StandingForm, add_domain_error
from marketplace.views.people import signed_in
from marketplace.views.tools import VERSIONS_PER_PAGE, find_tool, frame
from publishing import release_actions

Data = dict[str, Any]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, namespace: str, name: str) -> HttpResponse:
    """The releases with their actions; 404 for users who may not publish the tool."""
    user, tool = signed_in(request), find_tool(namespace, name)
    if not can_publish_in(user, tool.namespace):
        raise Http404(_("You can’t manage %(tool)s.") % {"tool": tool.full_name})
    form = StandingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            message = VERBS[form.cleaned_data["verb"]](user, tool, form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, message)
            gone = queries.tool_or_none(namespace, name) is None
            return redirect("desk") if gone else redirect("tool_manage", namespace, name)
    return _page(request, tool, form)


def _page(request: HttpRequest, tool: Tool, form: StandingForm) -> HttpResponse:
    release = queries.release_or_none(tool, None)
    if release is None:
        raise Http404(_("%(tool)s has no release.") % {"tool": tool.full_name})
    page = Paginator(queries.versions(tool), VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(tool, release, "manage", pinned=False),
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "deletable_since": timezone.now() - release_actions.DELETABLE,
    }
    status = 422 if form.is_bound else 200
    return render(request, "marketplace/tool/manage.html", context, status=status)


def _yank(by: User, tool: Tool, data: Data) -> str:
    release = _release(tool, data)
    release_actions.yank(by=by, release=release, reason=data["reason"])
    text = _("%(version)s was yanked. New installs no longer choose it.")
    return text % {"version": release.version}


def _unyank(by: User, tool: Tool, data: Data) -> str:
    release = _release(tool, data)
    release_actions.unyank(by=by, release=release)
    text = _("%(version)s is no longer yanked.")
    return text % {"version": release.version}


def _delete(by: User, tool: Tool, data: Data) -> str:
    release = _release(tool, data)
    release_actions.delete(by=by, release=release)
    text = _("%(version)s was deleted. The version can’t be reused.")
    return text % {"version": release.version}


def _deprecate(by: User, tool: Tool, data: Data) -> str:
    successor = release_actions.successor_named(data["successor"])
    release_actions.deprecate(by=by, tool=tool, reason=data["reason"], successor=successor)
    return _("The tool is now deprecated. Its page and its installs say so.")


def _undeprecate(by: User, tool: Tool, data: Data) -> str:
    release_actions.undeprecate(by=by, tool=tool)
    return _("The tool is no longer deprecated.")


VERBS: dict[str, Callable[[User, Tool, Data], str]] = {
    "yank": _yank,
    "unyank": _unyank,
    "delete": _delete,
    "deprecate": _deprecate,
    "undeprecate": _undeprecate,
}


def _release(tool: Tool, data: Data) -> Release:
    release = queries.release_or_none(tool, data["version"] or "none")
    if release is None:
        text = _("%(tool)s has no release %(version)s.")
        raise Http404(text % {"tool": tool.full_name, "version": data["version"]})
    return release
