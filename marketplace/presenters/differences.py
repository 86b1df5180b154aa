"""Render a unified diff as HTML, with removed and added lines marked."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

__all__ = ["render"]

CLASSES = {"+": "code-added", "-": "code-removed", "@": "text-muted"}
#: The prefixes of the header lines of a unified diff.
NAMES = ("--- ", "+++ ")


def render(text: str) -> SafeString:
    """A unified diff (from difflib) as a block of code, with a class for each kind of line."""
    rows = [(_kind(line), line) for line in text.splitlines()]
    body = format_html_join("\n", '<span class="code-line {}">{}</span>', rows)
    return format_html('<pre class="code" tabindex="0"><code>{}</code></pre>', body)


def _kind(line: str) -> str:
    return "text-muted" if line.startswith(NAMES) else CLASSES.get(line[:1], "")
