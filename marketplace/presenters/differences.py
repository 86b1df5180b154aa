"""The difference of two texts as HTML, where what went and what came can be told apart."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

__all__ = ["render"]

CLASSES = {"+": "code-added", "-": "code-removed", "@": "text-muted"}
#: The two lines that name the sides.
NAMES = ("--- ", "+++ ")


def render(text: str) -> SafeString:
    """A unified difference (as difflib writes it) as a block of code, each line by its kind."""
    rows = [(_kind(line), line) for line in text.splitlines()]
    body = format_html_join("\n", '<span class="code-line {}">{}</span>', rows)
    return format_html('<pre class="code" tabindex="0"><code>{}</code></pre>', body)


def _kind(line: str) -> str:
    return "text-muted" if line.startswith(NAMES) else CLASSES.get(line[:1], "")
