"""Tags for form fields, scripts and the base template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static

from accounts.models import User
from accounts.policies import can_publish_in
from catalog.models import Tool

register = template.Library()


@register.inclusion_tag("_components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form's field: label, help, control and errors."""
    kind = getattr(bound.field.widget, "input_type", "")
    return {"field": bound, "inline": kind == "checkbox" and not hasattr(bound.field, "choices")}


@register.filter
def split_words(text: str) -> list[str]:
    """A literal list in a template: ``"a b"|split_words``."""
    return text.split()


@register.filter
def split_pairs(text: str) -> list[tuple[str, ...]]:
    """A literal list of pairs in a template: ``"a:1 b:2"|split_pairs``."""
    return [tuple(pair.split(":", 1)) for pair in text.split()]


@register.simple_tag
def script_url(name: str) -> str:
    """The URL of ``static/js/NAME.js``."""
    return static(f"js/{name}.js")


@register.filter
def alert_level(tags: str) -> str:
    """The alert component's level for a Django message level."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(tags, "info")


@register.simple_tag(takes_context=True)
def may_manage(context: Mapping[str, Any], tool: Tool) -> bool:
    """Whether the current user may publish the tool."""
    user = context["request"].user
    return isinstance(user, User) and can_publish_in(user, tool.namespace)
