"""The home page, and a reader's display preferences."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from marketplace import queries
from marketplace.presenters.home import home_page

PREFERENCES = {"theme": ("light", "dark", "system"), "shortcuts": ("on", "off")}
YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """An introduction, the search box and rows of cards."""
    return render(request, "marketplace/home.html", home_page(queries.home()))


@csrf_exempt  # it changes only the sender's display; a CSRF token would set a cookie on every page
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember a theme or the shortcuts in a cookie and go back; works without JavaScript."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)  # a URL, never a view's name
    for name, allowed in PREFERENCES.items():
        if (value := request.POST.get(name)) in allowed:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure()
            )
    return response
