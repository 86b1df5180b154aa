"""Stored keys as words: ``{{ finding.severity|label:"severity" }}``."""

from __future__ import annotations

from django import template

from marketplace.presenters import labels

register = template.Library()


@register.filter
def label(key: str, kind: str) -> str:
    """The word for a stored key of a kind (labels.KINDS)."""
    return labels.label(key, kind)
