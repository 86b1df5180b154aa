"""The API of search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from catalog.categories import CATEGORIES
from catalog.shapes import Schema, ToolCard
from lumos.package.values import build
from search.engines.base import SORTS
from search.query import DEEPEST, LARGEST_PAGE, LONGEST_QUERY, search
from web.api import ApiView
from web.query import Choice, Number, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """A page of results; ``facets`` counts all matches by category."""

    query: str
    category: str | None
    sort: Annotated[str, Schema(enum=list(SORTS))]
    total: int
    page: int
    pages: int
    results: tuple[ToolCard, ...]
    facets: Mapping[str, Mapping[str, int]]


class Search(ApiView):
    """Search for tools."""

    query = (
        Text(
            "q",
            f"Search words, at most {LONGEST_QUERY} characters. Empty: all tools.",
            default="",
        ),
        Choice("category", tuple(CATEGORIES), "Only tools of this category."),
        Choice("sort", SORTS, "The order of the results.", "relevance"),
        Number(
            "page", 1, DEEPEST, 1, f"The page number; results after {DEEPEST} are not available."
        ),
        Number("size", 1, LARGEST_PAGE, 20, "Results per page."),
    )

    @extend_schema(responses=SearchAnswer)
    def get(self, request: Request) -> HttpResponse:
        """Search for tools; returns a page of cards and the number of matches by category."""
        results = search(**self.params)
        body = build(
            SearchAnswer,
            results,
            results=tuple(orjson.Fragment(card) for card in results.raw_cards),
        )
        return HttpResponse(orjson.dumps(body), content_type="application/json")
