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
    "description": "A problem document (RFC 9457): what happened, why, and what to do.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": {
            "type": "string",
            "description": "Identifies the error; /docs/errors/ lists all codes.",
        },
        "detail": _TEXT,
        "suggestion": _TEXT,
        "docs_url": {"type": "string", "format": "uri-reference"},
        "errors": {"type": "object", "description": "Error messages by field."},
        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/FindingAnswer"}},
        "allowed": {"type": "array", "items": _TEXT, "description": "The known parameters."},
        "request_id": _TEXT,
    },
    "required": ["type", "title", "status", "code", "detail", "suggestion", "docs_url"],
}


class Schema(AutoSchema):
    """Describes the query parameters that a view declares in ``query``."""

    def get_override_parameters(self) -> list[Any]:
        """The declared parameters of a GET."""
        declared = getattr(self.view, "query", ()) if self.method == "GET" else ()
        return [
            OpenApiParameter(
                parameter.name, type=parameter.schema(), description=parameter.description
            )
            for parameter in declared
        ]


def add_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Add the problem document as the default response of every operation."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    answer = {
        "description": "The request failed.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for method in _METHODS:
            if method in path:
                path[method]["responses"]["default"] = answer
    return result
