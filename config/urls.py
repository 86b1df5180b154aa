"""Every address: the shop's pages, the API, health, the operator's desk."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config import health
from core import problems
from marketplace.views import errors

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("api/", include("config.api_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("marketplace.urls")),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that no client of ours sends: a problem document, or a page."""
    if request.path.startswith("/api/"):
        return problems.odd_request(exception)
    return errors.bad_request(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A problem document below /api/, the page with the nearest names elsewhere."""
    if request.path.startswith("/api/"):
        return problems.not_found(request)
    return errors.page_not_found(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """A problem document below /api/, a calm page with the request id elsewhere."""
    if request.path.startswith("/api/"):
        return problems.server_error(request)
    return errors.server_error(request)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page that says what is not allowed."""
    return errors.permission_denied(request, exception)
