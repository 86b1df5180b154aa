"""pydantic's generator, held to what the runner does: imported after the tool, as it takes long."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver.utilities.func_metadata import StrictJsonSchema
from pydantic.json_schema import GenerateJsonSchema

from .texts import field_texts

WHOLE_NUMBER = "^(0|-?[1-9][0-9]*)$"
DECIMAL = r"^[+-]?[0-9]+\.?[0-9]*$"
RESULT_DECIMAL = r"^-?[0-9]+\.?[0-9]*E?[+-]?[0-9]*$"
BOUNDS = ("ge", "gt", "le", "lt", "multiple_of")
Json = dict[str, Any]


class TrueSchema(GenerateJsonSchema):
    """Says what pydantic leaves open: unknown keys are refused, and keys are text."""

    def dataclass_schema(self, schema: Any) -> Json:
        """As pydantic, closed and with the texts of the fields."""
        return self.described(super().dataclass_schema(schema), schema["cls"])

    def model_schema(self, schema: Any) -> Json:
        """As pydantic, closed and with the texts of the fields."""
        return self.described(super().model_schema(schema), schema["cls"])

    def typed_dict_schema(self, schema: Any) -> Json:
        """As pydantic, closed and with the texts of the fields."""
        return self.described(super().typed_dict_schema(schema), schema.get("cls"))

    def dict_schema(self, schema: Any) -> Json:
        """As pydantic, with the form of the keys."""
        return self.keyed(super().dict_schema(schema), schema)

    def ordered_dict_schema(self, schema: Any) -> Json:
        """As pydantic, with the form of the keys."""
        return self.keyed(super().ordered_dict_schema(schema), schema)

    def counter_schema(self, schema: Any) -> Json:
        """As pydantic, with the form of the keys."""
        return self.keyed(super().counter_schema(schema), schema)

    def decimal_schema(self, schema: Any) -> Json:
        """As pydantic, with the form of the text; with bounds, which text cannot have, a number."""
        if self.mode == "serialization":
            return {"type": "string", "pattern": RESULT_DECIMAL}
        found = super().decimal_schema(schema)
        options = found.get("anyOf", [])
        if any(schema.get(name) is not None for name in BOUNDS):
            return next((part for part in options if part.get("type") == "number"), found)
        for part in options:
            if part.get("type") == "string":
                part.setdefault("pattern", DECIMAL)
        return found

    def described(self, found: Json, cls: type | None) -> Json:
        """``found`` closed, if it is for arguments, and with descriptions of its properties."""
        properties = found.get("properties")
        if found.get("type") != "object" or properties is None:
            return found
        if self.mode == "validation":
            found.setdefault("additionalProperties", False)
        summary, texts = field_texts(cls) if cls else ("", {})
        if texts and summary:
            found["description"] = summary
        for name, text in texts.items():
            if name in properties and "description" not in properties[name]:
                properties[name]["description"] = text
        return found

    def keyed(self, found: Json, schema: Any) -> Json:
        """``found`` with ``propertyNames`` for keys that are text in JSON and another type here."""
        if "patternProperties" in found and self.mode == "validation":
            found.setdefault("additionalProperties", False)
        if "keys_schema" not in schema or "patternProperties" in found:
            return found
        try:
            key = self.resolve_ref_schema(self.generate_inner(schema["keys_schema"]))
        except (KeyError, RuntimeError):  # a class whose schema is still being made: no key
            return found
        values = key.get("enum", [key["const"]] if "const" in key else None)
        if values is not None:
            if not all(isinstance(value, str) for value in values):
                found["propertyNames"] = {"enum": [key_text(value) for value in values]}
        elif key.get("type") == "integer":
            found["propertyNames"] = {"pattern": WHOLE_NUMBER}
        elif key.get("type") == "boolean":
            found["propertyNames"] = {"enum": ["true", "false"]}
        return found


class TrueResultSchema(TrueSchema, StrictJsonSchema):
    """The schema of a result; raises ValueError for what pydantic only warns about."""


def key_text(value: Any) -> str:
    """A key as both converters write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
