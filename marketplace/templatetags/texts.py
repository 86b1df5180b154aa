"""Filters for numbers, times, URLs and texts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext

from catalog.markdown import render_readme

register = template.Library()


@register.filter
def inline_code(text: str) -> SafeString:
    """Escaped plain text, with `words in backticks` as code."""
    parts = conditional_escape(str(text)).split("`")
    if len(parts) % 2 == 0:  # an unpaired backtick is kept
        parts[-2:] = ["`".join(parts[-2:])]
    shown = (f"<code>{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))
    return mark_safe("".join(shown))  # noqa: S308 - escaped above


@register.filter
def compact(number: float | None) -> str:
    """12345 -> 12.3k. Show the full number in a title attribute."""
    value = float(number or 0)
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.1f}".removesuffix(".0") + letter
    return f"{value:.0f}"


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    """The time since ``moment``, with the exact time as title."""
    if moment is None:
        return SafeString("–")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        date_format(timezone.localtime(moment), "j F Y, H:i T"),
        _distance(moment),
    )


@register.filter
def duration(time: timedelta | None) -> str:
    """A length of time in its largest unit: "42 min", "3.5 h", "2.1 d"; a dash for None."""
    if time is None:
        return "–"
    hours = time.total_seconds() / 3600
    if hours < 1:
        return gettext("%(number)d min") % {"number": max(1, round(hours * 60))}
    if hours < 48:
        return gettext("%(number).1f h") % {"number": hours}
    return gettext("%(number).1f d") % {"number": hours / 24}


def _distance(moment: datetime) -> str:
    """The largest whole unit, in words: "1 minute ago"."""
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(distance)s ago") % {"distance": timesince(moment, depth=1)}


@register.filter
def is_web_address(text: str) -> bool:
    """Whether an untrusted URL may become a link."""
    return str(text).startswith(("https://", "http://"))


@register.filter
def short_address(text: str) -> str:
    """A URL without its scheme and trailing slash."""
    return str(text).partition("://")[2].rstrip("/")


@register.filter
def markdown(text: str) -> SafeString:
    """Untrusted Markdown as safe HTML, like a README."""
    return mark_safe(_readme(text))  # noqa: S308 - sanitized by render_readme


_readme = lru_cache(maxsize=500)(render_readme)


@register.filter
def paragraphs(text: str) -> list[str]:
    """A docstring's paragraphs, each on one line, to be wrapped by the browser."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


@register.filter
def reachable(html: str) -> SafeString:
    """Sanitized HTML whose wide tables can be scrolled with the keyboard."""
    return mark_safe(html.replace("<table>", '<table tabindex="0">'))  # noqa: S308
