"""Cards, scores, ratings and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog.shapes import ToolCard
from lumos.package.quality import Scores
from marketplace.presenters import charts, evidence

register = template.Library()

#: Five stars of lucide stand side by side, each in a box of 24.
STAR = 24
STAR_OFFSETS = tuple(range(0, 5 * STAR, STAR))


@register.simple_tag
def card_html(card: ToolCard, heading: int | str = 3) -> SafeString:
    """A tool's card; ``heading`` is the level of its name.

    The same card always looks the same in a language, so it is rendered once in a process.
    """
    return _card(card, heading or 3, get_language())


@lru_cache(maxsize=2000)
def _card(card: ToolCard, heading: int | str, language: str | None) -> SafeString:
    return render_to_string("_components/card.html", {"card": card, "heading": heading})


@register.inclusion_tag("_components/strip.html")
def strip(scores: Scores | None) -> dict[str, Any]:
    """The evidence strip of a card."""
    return {"bars": evidence.bars(scores)}


@register.inclusion_tag("_components/strip_large.html")
def strip_large(
    scores: Scores | Mapping[str, int | None] | None, quality_url: str = ""
) -> dict[str, Any]:
    """The evidence strip of a tool's page; each bar leads to its factors at ``quality_url``."""
    return {"bars": evidence.bars(scores), "quality_url": quality_url}


@register.inclusion_tag("_components/bar.html")
def bar(score: float | None, target: int | None = None) -> dict[str, Any]:
    """One bar of 0..100 with a tick at its target; None draws it empty."""
    return {"score": score, "target": target}


@register.inclusion_tag("_components/sparkline.html")
def sparkline(values: Sequence[int]) -> dict[str, Any]:
    """A small line of counts, oldest first; the numbers stand elsewhere."""
    return {"path": charts.sparkline(values)}


@register.inclusion_tag("_components/downloads_chart.html")
def downloads_chart(rows: Sequence[tuple[date, int]]) -> dict[str, Any]:
    """Downloads by period, oldest first, with the same numbers as a table."""
    return {
        "columns": charts.columns(rows, height=72),
        "total": sum(value for _, value in rows),
        "peak": max((value for _, value in rows), default=0),
    }


@register.inclusion_tag("_components/stars.html")
def stars(value: float | None) -> dict[str, Any]:
    """Five stars, filled as far as an average of 1..5 goes."""
    return {"value": value, "offsets": STAR_OFFSETS, "width": round((value or 0) * STAR, 1)}


@register.filter
def percent_of(part: float, whole: float) -> str:
    """``part`` of ``whole`` as an SVG width: 25 of 100 -> "25.0%"."""
    return f"{100 * part / whole:.1f}%" if whole else "0%"
