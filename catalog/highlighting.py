"""Highlight source text as HTML lines with Pygments' classes (colors are in code.css)."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

__all__ = ["code_lines", "language_of", "render_code"]

MAX_CHARACTERS = 40_000
REMEMBERED_CHARACTERS = 6_000
QUOTES = '"""'
# The languages that are highlighted. Authors choose a block's language, and lexers of rarely used
# languages are not hardened against hostile input.
_KNOWN = (
    "bash console css diff html http ini javascript js json markdown md py pycon python python3 "
    "sh shell sql text toml ts typescript xml yaml yml"
)
KNOWN = frozenset(_KNOWN.split())
LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".md": "markdown", ".sh": "bash"}


def language_of(file: str) -> str:
    """The lexer's name for a file in a package; plain text for other languages."""
    return next((name for end, name in LANGUAGES.items() if file.endswith(end)), "text")


def code_lines(text: str, language: str) -> list[SafeString]:
    """``text`` as one safe HTML string for each line; long text is escaped but not highlighted."""
    known = language in KNOWN and len(text) <= MAX_CHARACTERS
    lexer = get_lexer_by_name(language if known else "text", stripnl=False)
    before = f"{QUOTES}\n" if language == "python" and _begins_in_docstring(text) else ""
    html = highlight(before + text.rstrip("\n") + "\n", lexer, HtmlFormatter(nowrap=True))
    lines = html.removesuffix("\n").split("\n")[len(before) and 1 :]
    return [mark_safe(line) for line in lines]  # noqa: S308


def _begins_in_docstring(text: str) -> bool:
    """Whether an excerpt starts inside a docstring, so that its first quotes close it."""
    if text.count(QUOTES) % 2 == 0:
        return False
    line = next(line for line in text.splitlines() if QUOTES in line).strip()
    return line == QUOTES or not line.startswith((QUOTES, f"r{QUOTES}", f"f{QUOTES}"))


def render_code(
    text: str, language: str, *, first_line: int | None = None, marked: tuple[int, ...] = ()
) -> SafeString:
    """A block of code, with numbers from ``first_line`` if set; ``marked`` lines are emphasized."""
    render = _remembered if len(text) <= REMEMBERED_CHARACTERS else _render
    return render(text, language, first_line, marked)


def _render(
    text: str, language: str, first_line: int | None, marked: tuple[int, ...]
) -> SafeString:
    rows = []
    for offset, line in enumerate(code_lines(text, language)):
        number = (first_line or 1) + offset
        classes = "code-line code-mark" if number in marked else "code-line"
        numbered = format_html(' data-line="{}"', number) if first_line is not None else ""
        rows.append((classes, numbered, line))
    body = format_html_join("\n", '<span class="{}"{}>{}</span>', rows)
    return format_html('<pre class="code" tabindex="0"><code>{}</code></pre>', body)


#: Cached, because highlighting takes longer than the rest of a page.
_remembered = lru_cache(maxsize=500)(_render)
