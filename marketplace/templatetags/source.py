"""Filters for source text, JSON values and schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from catalog.highlighting import render_code
from marketplace.presenters import differences, schemas

register = template.Library()


@register.inclusion_tag("_components/schema.html")
def schema_table(
    schema: Mapping[str, Any], caption: str, *, output: bool = False
) -> dict[str, Any]:
    """The properties of an object schema as a table."""
    rows = schemas.parameters(schema)
    has_details = any(row.description or row.default or row.limits for row in rows)
    return {"rows": rows, "caption": caption, "output": output, "bare": output and not has_details}


@register.simple_tag
def code(text: str, language: str = "text", first_line: int | None = None) -> SafeString:
    """Highlighted source text; with line numbers if ``first_line`` is set."""
    return render_code(text, language, first_line=first_line)


@register.simple_tag
def diff(text: str) -> SafeString:
    """A highlighted unified diff."""
    return differences.render(text)


@register.simple_tag
def json_code(value: object) -> SafeString:
    """A JSON value, indented and highlighted."""
    return render_code(json.dumps(value, indent=2, ensure_ascii=False), "json")


@register.filter
def as_json(value: object) -> str:
    """A value as JSON on one line; strings without quotes, an empty one or None as a dash."""
    if value is None or isinstance(value, str):
        return value or "–"
    return json.dumps(value, ensure_ascii=False)
