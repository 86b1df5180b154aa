"""The parts of the OpenAPI document that all operations share: query parameters and errors."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction, OpenApiParameter

from web.problems import CONTENT_TYPE

_METHODS = ("get", "put", "post", "patch", "delete")
_REF = "#/components/schemas/{model}"
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
        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
        "allowed": {"type": "array", "items": _TEXT, "description": "The known parameters."},
        "request_id": _TEXT,
    },
    "required": ["type", "title", "status", "code", "detail", "suggestion", "docs_url"],
}


class DocumentExtension(OpenApiSerializerExtension):
    """Describes a document that is declared as a dataclass, with its nested dataclasses.

    Each dataclass becomes a component with its name. Every field is required, because documents
    always have all fields.
    """

    @classmethod
    def _matches(cls, target: Any) -> bool:
        return isinstance(target, type) and is_dataclass(target)

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        """The class's name."""
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """The JSON Schema of the document; nested dataclasses are registered as components."""
        from pydantic import TypeAdapter  # noqa: PLC0415 - slow to load, for descriptions alone

        schema = TypeAdapter(self.target).json_schema(ref_template=_REF, mode="serialization")
        parts = schema.pop("$defs", {})
        # The schema of a recursive dataclass is a reference to its definition.
        whole = parts.pop(self.target.__name__, schema)
        held = _dataclasses_in(self.target)
        for name, part in parts.items():
            component = ResolvedComponent(
                name=name,
                type=ResolvedComponent.SCHEMA,
                object=held.get(name, name),  # the same class elsewhere is the same component
                schema=_every_field_required(part),
            )
            auto_schema.registry.register_on_missing(component)
        return _every_field_required(whole)


def _dataclasses_in(document: type) -> dict[str, type]:
    """The dataclasses in the fields of ``document`` at any depth, by name."""
    by_name: dict[str, type] = {}
    waiting: list[Any] = [document]
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and is_dataclass(kind) and kind.__name__ not in by_name:
            by_name[kind.__name__] = kind
            waiting += get_type_hints(kind).values()
    return by_name


def _every_field_required(schema: dict[str, Any]) -> dict[str, Any]:
    """Make every field required, and remove defaults and pydantic's generated titles."""
    properties = {
        name: {key: value for key, value in part.items() if key not in ("title", "default")}
        for name, part in schema.get("properties", {}).items()
    }
    whole = {key: value for key, value in schema.items() if key != "title"}
    if not properties:
        return whole
    return {**whole, "properties": properties, "required": list(properties)}


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
