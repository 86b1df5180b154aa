"""The API of search."""

from __future__ import annotations

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from api.documents import Card
from catalog.categories import CATEGORIES
from search.engines.base import SORTS
from search.query import DEEPEST, LARGEST_PAGE, LONGEST_QUERY, search
from web.api import ApiView
from web.query import Choice, Number, Text


class SearchAnswer(serializers.Serializer):
    """A page of results; ``facets`` counts what the words match, by category."""

    query = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_null=True)
    sort = serializers.ChoiceField(list(SORTS))
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = Card(many=True)
    facets = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))


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
        body = {
            "query": found.query,
            "category": found.category,
            "sort": found.sort,
            "total": found.total,
            "page": found.page,
            "pages": found.pages,
            "results": [orjson.Fragment(card) for card in found.raw_cards],
            "facets": found.facets,
        }
        return HttpResponse(orjson.dumps(body), content_type="application/json")
