"""The home page, and a reader's display preferences."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from marketplace import queries

PREFERENCES = {"theme": ("light", "dark", "system"), "shortcuts": ("on", "off")}
#: The link next to a row's title: label and URL.
SEE_INSTALLED = (_("See all"), "/search?sort=downloads")
SEE_NEW = (_("See all"), "/search?sort=created")
SEE_HOW = (_("How quality is measured"), "/docs/quality/")
TOTALS = {
    "tools": _("Tools"),
    "releases": _("Releases"),
    "functions": _("Functions"),
    "downloads": _("Downloads"),
}
COMMANDS = (
    (_("Create a tool"), "lumos new tool acme/web-search"),
    (_("Check it"), "lumos check"),
    (_("Publish it"), "lumos publish"),
)
YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """An introduction, the search box and rows of cards."""
    figures = queries.home()
    context = {
        "home": figures,
        "commands": COMMANDS,
        "totals": [(TOTALS[name], number) for name, number in figures.totals.items()],
        "rows": [
            (
                _("Trending"),
                _("Most installed in the last 30 days"),
                figures.trending,
                *SEE_INSTALLED,
            ),
            (_("New"), _("Recently published"), figures.newest, *SEE_NEW),
            (_("Best measured"), _("Highest overall scores"), figures.best, *SEE_HOW),
        ],
    }
    return render(request, "marketplace/home.html", context)


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
