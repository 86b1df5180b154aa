"""Inline icons, by name and by what they stand for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ICONS = Path(__file__).resolve().parents[2] / "templates" / "_icons"
CATEGORY_ICONS = {
    "web": "globe",
    "file": "file",
    "data": "table",
    "ai": "brain",
    "system": "cpu",
    "math": "calculator",
    "crypto": "hash",
    "database": "database",
    "api": "network",
    "utility": "wrench",
    "custom": "puzzle",
}
SEVERITY_ICONS = {
    "critical": "circle-x",
    "high": "circle-alert",
    "medium": "triangle-alert",
    "low": "info",
    "info": "info",
}
STEP_ICONS = {
    "passed": "check",
    "failed": "x",
    "running": "loader-circle",
    "skipped": "minus",
}


@cache
def _svg(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text("utf-8").strip()


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of lucide, inline and hidden from screen readers; an unknown name is an error."""
    svg = _svg(name)
    if classes:
        svg = svg.replace('class="icon"', format_html('class="icon {}"', classes), 1)
    return mark_safe(svg)  # noqa: S308


@register.filter
def category_icon(category: str) -> str:
    """The icon's name for a category."""
    return CATEGORY_ICONS.get(category, "puzzle")


@register.filter
def severity_icon(severity: str) -> str:
    """The icon's name for a severity."""
    return SEVERITY_ICONS.get(severity, "info")


@register.filter
def step_icon(state: str) -> str:
    """The icon's name for the state of a publication's step; none for one that waits."""
    return STEP_ICONS.get(state, "")
