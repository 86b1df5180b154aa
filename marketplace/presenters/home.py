"""The home page: its rows of cards and its totals."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.queries import Home

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


def home_page(home: Home) -> dict[str, Any]:
    """The template context of the home page."""
    trending = (_("Trending"), _("Most installed in the last 30 days"), home.trending)
    newest = (_("New"), _("Recently published"), home.newest)
    best = (_("Best measured"), _("Highest overall scores"), home.best)
    return {
        "home": home,
        "commands": COMMANDS,
        "totals": [(TOTALS[name], number) for name, number in home.totals.items()],
        "rows": [(*trending, *SEE_INSTALLED), (*newest, *SEE_NEW), (*best, *SEE_HOW)],
    }
