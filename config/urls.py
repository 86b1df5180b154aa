"""Root URLs: pages, API, health checks and admin; and the error handlers."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib import admin
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config import health
from marketplace.views import errors, site
from web import problems

#: Seconds for Retry-After while the database is unavailable.
RETRY_AFTER = 10

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("api/", include("api.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("legacy", site.legacy_upload),
    path("legacy/", site.legacy_upload),
    path("", include("marketplace.urls")),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A problem document below /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return problems.malformed_request(exception)
    return errors.bad_request(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A problem document below /api/, a page with similar names elsewhere."""
    if request.path.startswith("/api/"):
        return problems.not_found(request)
    return errors.page_not_found(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """A problem document below /api/, a page with the request id elsewhere.

    503 with Retry-After if the database was unavailable at any time during the request.
    """
    if _is_database_unavailable(sys.exc_info()[1]):
        is_api = request.path.startswith("/api/")
        response = problems.database_unavailable() if is_api else errors.database_unavailable()
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    if request.path.startswith("/api/"):
        return problems.server_error(request)
    return errors.server_error(request)


def _is_database_unavailable(error: BaseException | None) -> bool:
    # SQLite also raises OperationalError for a missing table or column, which is a bug (500).
    return isinstance(error, OperationalError | InterfaceError) and "no such" not in str(error)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for requests without permission."""
    return errors.permission_denied(request, exception)
