"""Texts that were rendered from Markdown, as they go into a page."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def reachable(html: str) -> SafeString:
    """Sanitized HTML whose wide tables can be scrolled with the keyboard too."""
    return mark_safe(html.replace("<table>", '<table tabindex="0">'))  # noqa: S308
