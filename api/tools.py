"""The API of tools and releases. Serves documents that are rendered when they change."""

from __future__ import annotations

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from catalog import render
from catalog.categories import CATEGORIES
from catalog.models import Release, Tool
from catalog.queries import live_tool, release_missing, tool_missing
from catalog.shapes import CardPage, ReleaseDocument, ReleasePage, ToolDocument
from web.api import ApiView
from web.pagination import CURSOR, CursorPagination
from web.query import Choice, Text

SORTS: dict[str, str] = {
    "updated": "updated_at",
    "created": "created_at",
    "downloads": "downloads_total",
    "rating": "rating_average",
}


class Tools(ApiView):
    """All live tools."""

    query = (
        Choice("category", tuple(CATEGORIES), "Only tools of this category."),
        Text("namespace", "Only tools of this namespace.", pattern="[A-Za-z0-9._-]+"),
        Choice("sort", tuple(SORTS), "The sort field, in descending order.", "updated"),
        CURSOR,
    )
    query_hints = {"q": "To search for tools, use GET /api/v1/search?q=…"}

    @extend_schema(responses=CardPage, operation_id="tools_list")
    def get(self, request: Request) -> HttpResponse:
        """List tools, most recently updated first unless ``sort`` is given."""
        sort = self.params["sort"]
        tools = Tool.objects.live()
        if sort == "rating":
            tools = tools.filter(rating_average__isnull=False)
        if category := self.params["category"]:
            tools = tools.filter(category=category)
        if namespace := self.params["namespace"]:
            tools = tools.filter(namespace__name=namespace)
        cards = tools.annotate(card_text=Cast("card", TextField()))
        return CursorPagination.page(request, cards, by=SORTS[sort], field="card_text")


class ToolDetail(ApiView):
    """One tool."""

    @extend_schema(responses=ToolDocument)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        """Get a tool with its latest release."""
        documents = Tool.objects.live().named(namespace, name).values_list("document", flat=True)
        if not documents:
            raise tool_missing(namespace, name)
        return HttpResponse(documents[0], content_type="application/json")


class Releases(ApiView):
    """The releases of a tool."""

    query = (CURSOR,)

    @extend_schema(responses=ReleasePage, operation_id="releases_list")
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        """List the releases of a tool, newest version first."""
        rows = live_tool(namespace, name).releases.live()
        page, following = CursorPagination.slice(request, rows, by="sort_key", fields=("document",))
        texts = [orjson.Fragment(render.release_text(row[0], row[2])) for row in page]
        body = {"results": texts, "next": following}
        return HttpResponse(orjson.dumps(body), content_type="application/json")


class ReleaseDetail(ApiView):
    """One release."""

    @extend_schema(responses=ReleaseDocument, operation_id="releases_retrieve")
    def get(self, request: Request, namespace: str, name: str, version: str) -> HttpResponse:
        """Get a release with its file, functions, quality report and findings."""
        tools = Tool.objects.live().named(namespace, name)
        rows = Release.objects.live().filter(tool__in=tools, version=version)
        row = rows.values_list("pk", "document").first()
        if row is None:
            live_tool(namespace, name)
            raise release_missing(f"{namespace}/{name}", version)
        return HttpResponse(render.release_text(*row), content_type="application/json")
