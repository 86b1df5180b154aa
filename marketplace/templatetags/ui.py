"""The site's small vocabulary for templates: icons, evidence, numbers, code, fields."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson
from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext

from accounts.models import User
from accounts.policies import can_publish_in
from catalog.highlighting import language_of, render_code
from catalog.markdown import render_readme
from catalog.models import Tool
from marketplace.presenters import charts, differences, evidence, schemas

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
PERMISSIONS = {
    "network": ("globe", "medium", "Talks to hosts on the network"),
    "file-read": ("file-text", "low", "Reads files"),
    "file-write": ("pencil", "medium", "Writes files"),
    "environment": ("variable", "low", "Reads environment variables"),
    "database": ("database", "medium", "Talks to a database"),
    "crypto": ("key-round", "high", "Uses cryptography"),
    "system-command": ("terminal", "high", "Starts other programs"),
    "user-data": ("user", "high", "Handles personal data"),
    "admin": ("lock", "high", "Changes the system itself"),
    "custom": ("puzzle", "medium", "A permission of its own"),
}
SEVERITY_ICONS = {
    "critical": "circle-x",
    "high": "circle-alert",
    "medium": "triangle-alert",
    "low": "info",
    "info": "info",
}
#: Five stars of lucide stand side by side, each in a box of 24.
STAR = 24
STAR_OFFSETS = tuple(range(0, 5 * STAR, STAR))
TRACES = (
    ("error", "The error"),
    ("stderr", "What it wrote to the error stream"),
    ("stdout", "What it printed"),
    ("output", "What the installer said"),
)
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


@register.simple_tag
def card_html(card: Mapping[str, Any], heading: int | str = 3) -> SafeString:
    """A tool's card (catalog.render.card); ``heading`` is the level of its name.

    The same card always looks the same, so it is rendered once in a process.
    """
    return _card(orjson.dumps(card), heading or 3)


@lru_cache(maxsize=2000)
def _card(card: bytes, heading: int | str) -> SafeString:
    return render_to_string(
        "_components/card.html", {"card": orjson.loads(card), "heading": heading}
    )


@register.inclusion_tag("_components/strip.html")
def strip(scores: Mapping[str, float | None] | None) -> dict[str, Any]:
    """The evidence strip of a card."""
    return {"bars": evidence.bars(scores)}


@register.inclusion_tag("_components/strip_large.html")
def strip_large(scores: Mapping[str, float | None] | None, quality_url: str = "") -> dict[str, Any]:
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


@register.inclusion_tag("_components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form's field: label, help, control and its errors beside it."""
    kind = getattr(bound.field.widget, "input_type", "")
    return {"field": bound, "inline": kind == "checkbox" and not hasattr(bound.field, "choices")}


@register.inclusion_tag("_components/schema.html")
def schema_table(
    schema: Mapping[str, Any], caption: str, *, output: bool = False
) -> dict[str, Any]:
    """The properties of an object schema as a table; of an output it is no news what is there."""
    rows = schemas.parameters(schema)
    said = any(row.description or row.default or row.limits for row in rows)
    return {"rows": rows, "caption": caption, "output": output, "bare": output and not said}


@register.inclusion_tag("_components/permission.html")
def permission(text: str, undeclared: bool = False) -> dict[str, Any]:
    """One permission (``network:api.example.org``) with its risk; undeclared ones are marked."""
    kind, _, value = text.partition(":")
    name, risk, meaning = PERMISSIONS.get(kind, PERMISSIONS["custom"])
    return {
        "kind": kind,
        "value": value,
        "icon": name,
        "risk": risk,
        "meaning": meaning,
        "undeclared": undeclared,
    }


@register.simple_tag
def code(text: str, language: str = "text", first_line: int | None = None) -> SafeString:
    """Source text in color; numbered where ``first_line`` is given."""
    return render_code(text, language, first_line=first_line)


@register.simple_tag
def diff(text: str) -> SafeString:
    """A difference of two texts, line by line, in color and by its signs."""
    return differences.render(text)


@register.simple_tag
def source_lines(finding: Mapping[str, Any]) -> SafeString:
    """The source that a finding points to, numbered, its own line marked; empty without one."""
    proof = finding.get("evidence") or {}
    text, line = proof.get("source"), finding.get("line")
    if not isinstance(text, str) or not text:
        return SafeString()
    first = proof.get("first_line") or line or 1
    return render_code(
        text,
        language_of(str(finding.get("file", ""))),
        first_line=int(first),
        marked=(int(line),) if line else (),
    )


@register.filter
def inline_code(text: str) -> SafeString:
    """Plain text whose `words in backticks` are shown as code; all of it escaped."""
    parts = conditional_escape(str(text)).split("`")
    if len(parts) % 2 == 0:  # a lone backtick stays one
        parts[-2:] = ["`".join(parts[-2:])]
    shown = (f"<code>{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))
    return mark_safe("".join(shown))  # noqa: S308 - escaped above


@register.filter
def compact(number: float | None) -> str:
    """12345 -> 12.3k; the full number belongs into a title beside it."""
    value = float(number or 0)
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.1f}".removesuffix(".0") + letter
    return f"{value:.0f}"


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    """A moment as a short distance from now, with the exact time in its title."""
    if moment is None:
        return SafeString("–")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{timezone.localtime(moment):%-d %B %Y, %H:%M %Z}",
        _distance(moment),
    )


def _distance(moment: datetime) -> str:
    """The largest whole unit, in words: "1 minute ago"."""
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(distance)s ago") % {"distance": timesince(moment, depth=1)}


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


@register.filter
def percent_of(part: float, whole: float) -> str:
    """``part`` of ``whole`` as an SVG width: 25 of 100 -> "25.0%"."""
    return f"{100 * part / whole:.1f}%" if whole else "0%"


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
    """The address of the script of one behavior, ``static/js/NAME.js``."""
    return static(f"js/{name}.js")


@register.filter
def is_web_address(text: str) -> bool:
    """Whether an address that an author gave may become a link."""
    return str(text).startswith(("https://", "http://"))


@register.filter
def short_address(text: str) -> str:
    """An address without its scheme and final slash."""
    return str(text).partition("://")[2].rstrip("/")


@register.simple_tag
def json_code(value: object) -> SafeString:
    """A JSON value, indented and in color."""
    return render_code(json.dumps(value, indent=2, ensure_ascii=False), "json")


@register.filter
def markdown(text: str) -> SafeString:
    """A stranger's Markdown as safe HTML, as a README is shown."""
    return mark_safe(_readme(text))  # noqa: S308 - sanitized by render_readme


_readme = lru_cache(maxsize=500)(render_readme)


@register.filter
def paragraphs(text: str) -> list[str]:
    """A docstring's paragraphs, each on one line, as a browser wraps them better."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


@register.filter
def traces(proof: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a run left behind, of a finding's evidence: (what it is, text)."""
    found = ((title, (proof or {}).get(key)) for key, title in TRACES)
    return [(title, text) for title, text in found if isinstance(text, str) and text.strip()]


@register.filter
def as_json(value: object) -> str:
    """A value as JSON writes it on one line; words stay words, nothing is a dash."""
    if value is None or isinstance(value, str):
        return value or "–"
    return json.dumps(value, ensure_ascii=False)


@register.filter
def alert_level(tags: str) -> str:
    """Django's names of message levels in ours."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(tags, "info")


@register.simple_tag(takes_context=True)
def may_manage(context: Mapping[str, Any], tool: Tool) -> bool:
    """Whether who looks at the page publishes the tool."""
    user = context["request"].user
    return isinstance(user, User) and can_publish_in(user, tool.namespace)
