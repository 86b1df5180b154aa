"""What the API's description says of every address alike: its query parameters and errors."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from web.problems import CONTENT_TYPE

_METHODS = ("get", "put", "post", "patch", "delete")
_TEXT = {"type": "string"}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A problem document (RFC 9457): what happened, why, and what to try.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs; /docs/errors/ lists them all."},
        "detail": _TEXT,
        "suggestion": _TEXT,
        "docs_url": {"type": "string", "format": "uri-reference"},
        "errors": {"type": "object", "description": "What is wrong, by field."},
        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/FindingAnswer"}},
        "allowed": {"type": "array", "items": _TEXT, "description": "The known parameters."},
        "request_id": _TEXT,
    },
    "required": ["type", "title", "status", "code", "detail", "suggestion", "docs_url"],
}


class Schema(AutoSchema):
    """A view's own ``query`` describes the query parameters of its GET."""

    def get_override_parameters(self) -> list[Any]:
        """The parameters as ``web.query`` reads them."""
        declared = getattr(self.view, "query", ()) if self.method == "GET" else ()
        return [
            OpenApiParameter(each.name, type=each.schema(), description=each.description)
            for each in declared
        ]


def add_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Every operation may answer with a problem document."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    answer = {
        "description": "Something stands in the way.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for method in _METHODS:
            if method in path:
                path[method]["responses"]["default"] = answer
    return result
