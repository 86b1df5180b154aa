"""The API of the catalog: tools and releases, as they were rendered when they last changed."""

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
from catalog.serializers import CardPage, ReleaseDocument, ReleasePage, ToolDocument
from core.api import ApiView
from core.errors import NotFound
from core.pagination import CURSOR, CursorPagination
from core.query import Choice, Text

SORTS: dict[str, str] = {
    "updated": "updated_at",
    "created": "created_at",
    "downloads": "downloads_total",
    "rating": "rating_average",
}


class Tools(ApiView):
    """All tools that anyone may see."""

    query = (
        Choice("category", tuple(CATEGORIES), "Only tools of this category."),
        Text("namespace", "Only tools of this namespace.", pattern="[A-Za-z0-9._-]+"),
        Choice("sort", tuple(SORTS), "What the page is ordered by, descending.", "updated"),
        CURSOR,
    )
    query_hints = {"q": "To find tools by words: GET /api/v1/search?q=…"}

    @extend_schema(responses=CardPage, operation_id="tools_list")
    def get(self, request: Request) -> HttpResponse:
        """A page of cards, newest change first unless ``sort`` says otherwise."""
        sort = self.asked["sort"]
        tools = Tool.objects.live()
        if sort == "rating":
            tools = tools.filter(rating_average__isnull=False)
        if category := self.asked["category"]:
            tools = tools.filter(category=category)
        if namespace := self.asked["namespace"]:
            tools = tools.filter(namespace__name=namespace)
        written = tools.annotate(written=Cast("card", TextField()))
        return CursorPagination.page(request, written, by=SORTS[sort], field="written")


class ToolDetail(ApiView):
    """One tool."""

    @extend_schema(responses=ToolDocument)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        """The tool with its newest release."""
        found = Tool.objects.live().named(namespace, name).values_list("document", flat=True)
        if not found:
            raise tool_missing(namespace, name)
        return HttpResponse(found[0], content_type="application/json")


class Releases(ApiView):
    """The releases of a tool."""

    query = (CURSOR,)

    @extend_schema(responses=ReleasePage, operation_id="releases_list")
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        """A page of them, newest version first."""
        rows = live_tool(namespace, name).releases.live()
        page, following = CursorPagination.slice(request, rows, by="sort_key", fields=("document",))
        texts = [orjson.Fragment(render.release_text(row[0], row[2])) for row in page]
        body = {"results": texts, "next": following}
        return HttpResponse(orjson.dumps(body), content_type="application/json")


class ReleaseDetail(ApiView):
    """One release."""

    @extend_schema(responses=ReleaseDocument, operation_id="releases_retrieve")
    def get(self, request: Request, namespace: str, name: str, version: str) -> HttpResponse:
        """Its file, functions, quality and findings."""
        tools = Tool.objects.live().named(namespace, name)
        rows = Release.objects.live().filter(tool__in=tools, version=version)
        row = rows.values_list("pk", "document").first()
        if row is None:
            live_tool(namespace, name)
            raise release_missing(f"{namespace}/{name}", version)
        return HttpResponse(render.release_text(*row), content_type="application/json")


def live_tool(namespace: str, name: str) -> Tool:
    """The tool if anyone may see it, else NotFound."""
    tool = Tool.objects.live().named(namespace, name).select_related("namespace").first()
    if tool is None:
        raise tool_missing(namespace, name)
    return tool


def tool_missing(namespace: str, name: str) -> NotFound:
    """The same words for what never was and what is hidden."""
    return NotFound(
        "tool_not_found",
        f"There is no tool named {namespace}/{name}.",
        suggestion=f"Search for it: GET /api/v1/search?q={name}",
    )


def release_missing(tool: str, version: str) -> NotFound:
    """A version that the tool does not have."""
    return NotFound(
        "release_not_found",
        f"{tool} has no release {version}.",
        suggestion=f"GET /api/v1/tools/{tool}/releases lists the versions.",
    )
