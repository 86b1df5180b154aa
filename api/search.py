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
    """A page of results; ``facets`` counts what the words match, by category."""

    query: str
    category: str | None
    sort: Annotated[str, Schema(enum=list(SORTS))]
    total: int
    page: int
    pages: int
    results: tuple[ToolCard, ...]
    facets: Mapping[str, Mapping[str, int]]


class Search(ApiView):
    """Find tools by words."""

    query = (
        Text(
            "q",
            f"Words, at most {LONGEST_QUERY} characters; without any, every tool is found.",
            default="",
        ),
        Choice("category", tuple(CATEGORIES), "Only tools of this category."),
        Choice("sort", SORTS, "What the results are ordered by.", "relevance"),
        Number("page", 1, DEEPEST, 1, f"No page goes beyond result {DEEPEST}."),
        Number("size", 1, LARGEST_PAGE, 20, "Results on a page."),
    )

    @extend_schema(responses=SearchAnswer)
    def get(self, request: Request) -> HttpResponse:
        """A page of cards, with the counts of each category."""
        found = search(**self.params)
        body = build(
            SearchAnswer, found, results=tuple(orjson.Fragment(card) for card in found.raw_cards)
        )
        return HttpResponse(orjson.dumps(body), content_type="application/json")
