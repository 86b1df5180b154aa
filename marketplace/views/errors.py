"""The error pages."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from lumos.package.names.tools import OFFICIAL_NAMESPACE
from marketplace import queries

_TOOL = re.compile(r"^/tools/([a-z0-9-]{1,64})(?:/([a-z0-9-]{1,64}))?")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with similar names if a tool was requested."""
    reason = str(exception.args[0]) if exception.args else ""
    nearest = []
    if match := _TOOL.match(request.path):
        namespace, name = match.groups()
        nearest = queries.near_names(namespace if name else OFFICIAL_NAMESPACE, name or namespace)
    context = {
        "status": 404,
        "title": reason if reason and not reason.startswith("{") else _("Page not found."),
        "suggestions": [(tool.full_name, tool.get_absolute_url()) for tool in nearest],
    }
    return render(request, "404.html", context, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for a malformed URL or form."""
    return render(request, "400.html", {"status": 400}, status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "403.html", {"status": 403}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for an expired form, or one from another site."""
    return render(request, "403.html", {"status": 403, "csrf": True}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, rendered without the database and the session, because either may have failed."""
    context = {"request_id": getattr(request, "request_id", ""), "status": 500}
    return HttpResponse(render_to_string("500.html", context), status=500)


def database_unavailable() -> HttpResponse:
    """503, rendered without the database."""
    return HttpResponse(render_to_string("503.html", {"status": 503}), status=503)
