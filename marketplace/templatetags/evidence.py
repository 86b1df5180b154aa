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


@register.simple_tag
def strip_large(
    scores: Scores | Mapping[str, int | None] | None, quality_url: str = ""
) -> SafeString:
    """The evidence strip of a tool's page; each bar leads to its factors at ``quality_url``."""
    shown = tuple(bar.score for bar in evidence.bars(scores))
    return _strip_large(shown, quality_url, get_language())


@lru_cache(maxsize=1000)
def _strip_large(
    shown: tuple[int | None, ...], quality_url: str, language: str | None
) -> SafeString:
    scores = {measure.key: score for measure, score in zip(evidence.MEASURES, shown, strict=True)}
    context = {"bars": evidence.bars(scores), "quality_url": quality_url}
    return render_to_string("_components/strip_large.html", context)


@register.simple_tag
def bar(score: float | None, target: int | None = None) -> SafeString:
    """One bar of 0..100 with a tick at its target; None draws it empty."""
    return _bar(score, target)


@lru_cache(maxsize=1000)
def _bar(score: float | None, target: int | None) -> SafeString:
    return render_to_string("_components/bar.html", {"score": score, "target": target})


@register.inclusion_tag("_components/sparkline.html")
def sparkline(values: Sequence[int]) -> dict[str, Any]:
    """A small line of counts, oldest first; the numbers stand elsewhere."""
    return {"path": charts.sparkline(values)}


@register.simple_tag
def downloads_chart(rows: Sequence[tuple[date, int]]) -> SafeString:
    """Downloads by period, oldest first, with the same numbers as a table."""
    return _downloads_chart(tuple(rows), get_language())


@lru_cache(maxsize=500)
def _downloads_chart(rows: tuple[tuple[date, int], ...], language: str | None) -> SafeString:
    context = {
        "columns": charts.columns(rows, height=72),
        "total": sum(value for _, value in rows),
        "peak": max((value for _, value in rows), default=0),
    }
    return render_to_string("_components/downloads_chart.html", context)


@register.inclusion_tag("_components/stars.html")
def stars(value: float | None) -> dict[str, Any]:
    """Five stars, filled as far as an average of 1..5 goes."""
    return {"value": value, "offsets": STAR_OFFSETS, "width": round((value or 0) * STAR, 1)}


@register.filter
def percent_of(part: float, whole: float) -> str:
    """``part`` of ``whole`` as an SVG width: 25 of 100 -> "25.0%"."""
    return f"{100 * part / whole:.1f}%" if whole else "0%"
