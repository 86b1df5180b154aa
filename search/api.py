"""The API of search."""

from __future__ import annotations

import orjson
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from catalog.categories import CATEGORIES
from catalog.serializers import Card
from core.api import ApiView
from core.errors import Invalid
from search.engines.base import SORTS
from search.query import LARGEST_PAGE, search


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

    @extend_schema(
        parameters=[
            OpenApiParameter("q", description="Words; empty finds every tool."),
            OpenApiParameter("category", enum=list(CATEGORIES)),
            OpenApiParameter("sort", enum=list(SORTS)),
            OpenApiParameter("page", OpenApiTypes.INT),
            OpenApiParameter("size", OpenApiTypes.INT, description=f"At most {LARGEST_PAGE}."),
        ],
        responses=SearchAnswer,
    )
    def get(self, request: Request) -> HttpResponse:
        """A page of cards, with the counts of each category."""
        asked = request.query_params
        found = search(
            asked.get("q", ""),
            category=asked.get("category"),
            sort=asked.get("sort") or "relevance",
            page=_number(request, "page", 1),
            size=_number(request, "size", 20),
        )
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


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(
            name,
            f"'{name}' is a whole number, not '{text[:40]}'.",
            suggestion=f"Use {name}={default} or leave it out.",
        )
    return int(text)
