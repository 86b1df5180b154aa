"""Search for the site and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

import orjson

from catalog.categories import CATEGORIES
from catalog.shapes import ToolCard
from core.errors import Invalid
from lumos.package.values import read
from search.engines.base import SORTS, Query, Sort
from search.factory import search_engine

LONGEST_QUERY = 400
LARGEST_PAGE = 100
#: Later results are not available, which limits the work of one request.
DEEPEST = 10_000


@dataclass(frozen=True)
class Results:
    """One page of results; ``facets`` counts the matches of the text by category."""

    query: str
    category: str | None
    sort: Sort
    page: int
    pages: int
    total: int
    raw_cards: tuple[str, ...]  # JSON texts, as the index stores them
    facets: Mapping[str, Mapping[str, int]]

    @cached_property
    def cards(self) -> list[ToolCard]:
        """The cards as values, for templates."""
        return [_card(text) for text in self.raw_cards]


@lru_cache(maxsize=2000)
def _card(text: str) -> ToolCard:
    """A stored card as a value. Cards never change once made, so requests share them."""
    return read(ToolCard, orjson.loads(text))


def search(
    q: str, category: str | None = None, sort: str = "relevance", page: int = 1, size: int = 20
) -> Results:
    """Search for tools. Reads the index only, not the database.

    Raises Invalid for invalid parameters, and SearchUnavailable while a damaged index is being
    rebuilt. A page beyond the last has no cards.
    """
    text = " ".join(q.split())
    _check(text, category, sort, page, size)
    query = Query(text, category or None, cast(Sort, sort), (page - 1) * size, size)
    hits = search_engine().search(query)
    return Results(
        query=text,
        category=query.category,
        sort=query.sort,
        page=page,
        pages=max(1, -(-hits.total // size)),
        total=hits.total,
        raw_cards=hits.cards,
        facets={"category": hits.categories},
    )


def _check(text: str, category: str | None, sort: str, page: int, size: int) -> None:
    if len(text) > LONGEST_QUERY:
        raise Invalid(
            "query_too_long",
            f"The query has {len(text)} characters; the limit is {LONGEST_QUERY}.",
            suggestion="Use fewer words.",
        )
    if category and category not in CATEGORIES:
        raise Invalid(
            "category",
            f"There is no category '{category[:40]}'.",
            suggestion=f"Use one of: {', '.join(CATEGORIES)}.",
        )
    if sort not in SORTS:
        raise Invalid(
            "sort",
            f"Results cannot be sorted by '{sort[:40]}'.",
            suggestion=f"Use one of: {', '.join(SORTS)}.",
        )
    if not 1 <= size <= LARGEST_PAGE:
        raise Invalid(
            "size",
            f"A page has 1 to {LARGEST_PAGE} results, not {size}.",
            suggestion=f"Use at most size={LARGEST_PAGE} and request further pages.",
        )
    if page < 1 or page * size > DEEPEST:
        raise Invalid(
            "page",
            f"Pages start at 1 and end at result {DEEPEST}.",
            suggestion="Use more specific words, or choose a category.",
        )
