"""Search and browse: the same page, with or without words."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.categories import CATEGORIES
from core.errors import DomainError
from lumos.package.names.tools import OFFICIAL_NAMESPACE
from marketplace import queries
from marketplace.presenters.labels import label
from search.query import DEEPEST, Results, search

SIZE = 18
LONGEST_NAME = 64
#: The similarity from which on a name is suggested ("Did you mean").
SURE = 0.8
SORTS: tuple[tuple[str, Any], ...] = (
    ("relevance", _("Best match")),
    ("downloads", _("Most installed")),
    ("rating", _("Best rated")),
    ("created", _("Newest")),
    ("updated", _("Updated")),
)


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """A page of cards, the categories with counts, the sorts."""
    words = request.GET.get("q", "")
    category = request.GET.get("category") or None
    sort = request.GET.get("sort") or ("relevance" if words.strip() else "downloads")
    context: dict[str, Any] = {
        "query": words,
        "category": category,
        "sort": sort,
        "sorts": _sorts(words),
    }
    try:
        matches = search(words, category=category, sort=sort, page=_page(request), size=SIZE)
    except DomainError as error:
        context |= {"refused": error, "categories": queries.categories()}
        response = render(request, "marketplace/search.html", context, status=error.status)
        if error.retry_after:
            response["Retry-After"] = str(error.retry_after)
        return response
    pages = Paginator(range(min(matches.total, DEEPEST - SIZE)), SIZE)
    page = pages.get_page(matches.page)
    counted = _facets(matches)
    elsewhere = not counted  # nothing matches, so show the categories of all tools
    counted = counted or queries.categories()
    context |= {
        "elsewhere": elsewhere,
        "results": matches,
        "page": page,
        "pages": pages.get_elided_page_range(page.number),
        "categories": counted,
        "all_count": sum(count for _category, count in counted),
        "category_label": label(category, "category") if category else "",
        "meant": _meant(matches),
    }
    return render(request, "marketplace/search.html", context)


def _meant(matches: Results) -> list[tuple[str, str]]:
    """Names and URLs of tools with a name similar to the query, unless one has exactly that name.

    The search corrects typos itself, so most similar names are among its results. The database is
    queried only if there are none.
    """
    typed = "-".join(matches.query.casefold().replace("_", "-").split())
    namespace, _slash, name = typed.rpartition("/")
    shown = {card.name: (card.tool, card.url) for card in matches.cards}
    if not name or len(name) > LONGEST_NAME or matches.page > 1 or name in shown:
        return []
    if shown:
        near = get_close_matches(name, shown, n=2, cutoff=SURE)
        return [shown[other] for other in near if not other.startswith(name)]
    tools = queries.near_names(namespace or OFFICIAL_NAMESPACE, name, limit=2, cutoff=SURE)
    return [(tool.full_name, tool.get_absolute_url()) for tool in tools]


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _sorts(words: str) -> list[tuple[str, Any]]:
    """The sort options; "best match" only for a search with words."""
    return [pair for pair in SORTS if words.strip() or pair[0] != "relevance"]


def _facets(matches: Results) -> list[tuple[str, int]]:
    counts = matches.facets["category"]
    return [(category, counts[category]) for category in CATEGORIES if counts.get(category)]
