"""The home page, and the cosmetic preferences of a reader."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from marketplace import queries

PREFERENCES = {"theme": ("light", "dark", "system"), "shortcuts": ("on", "off")}
#: What stands beside the title of a row: words and address.
SEE_INSTALLED = ("See all", "/search?sort=downloads")
SEE_NEW = ("See all", "/search?sort=created")
SEE_HOW = ("How it is measured", "/docs/quality/")
YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the search box, three rows of cards."""
    found = queries.home()
    context = {
        "home": found,
        "totals": [(name.capitalize(), number) for name, number in found.totals.items()],
        "rows": [
            ("Trending", "Most installed in the last 30 days", found.trending, *SEE_INSTALLED),
            ("New and promising", "The latest arrivals", found.newest, *SEE_NEW),
            ("Best measured", "The highest overall scores", found.best, *SEE_HOW),
        ],
    }
    return render(request, "marketplace/home.html", context)


@csrf_exempt  # it sets a color for the sender alone; without it every page would set a cookie
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember a theme or the shortcuts in a cookie and go back; works without JavaScript."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)  # an address as it stands, never a view's name
    for name, allowed in PREFERENCES.items():
        if (value := request.POST.get(name)) in allowed:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure()
            )
    return response
