"""Render untrusted Markdown as safe HTML.

markdown-it renders without raw HTML, then nh3 removes all tags and attributes that are not listed
here. Links lead to other sites or to a heading of the same text. Images are replaced by their
descriptions, because pages load nothing from other hosts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from html import escape
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin

from catalog.highlighting import code_lines

__all__ = ["MAX_CHARACTERS", "render_guide", "render_readme"]

#: Longer texts are cut, so that rendering stays fast.
MAX_CHARACTERS = 200_000
#: Characters and blocks of code that are highlighted in one text; the rest is shown plain.
MAX_COLORED = 60_000
MAX_COLORED_BLOCKS = 200
#: The prefix of headings' ids, so that a README cannot use the id of an element of the page.
PREFIX = "readme-"

_TAGS = (
    "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s span strong table tbody td th "
    "thead tr ul"
)
ATTRIBUTES = {
    "a": {"href", "title", "class", "aria-label"},
    "code": {"class"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "span": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}


def render_readme(text: str) -> str:
    """``text`` as safe HTML: headings one level down with anchors, code highlighted by classes."""
    return _clean(_renderer(_rework_strangers, PREFIX).render(text[:MAX_CHARACTERS]))


def render_guide(text: str) -> str:
    """Render a page of the documentation: keeps links within the site and levels of headings."""
    return _clean(_renderer(_rework_ours, "").render(text))


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS.split()),
        attributes=ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
        strip_comments=True,
    )


def _renderer(rework: Callable[[StateCore], None], prefix: str) -> MarkdownIt:
    markdown = MarkdownIt(
        "commonmark",
        {"html": False, "linkify": True, "typographer": False, "maxNesting": 20},
    ).enable(["table", "strikethrough", "linkify"])
    markdown.use(anchors_plugin, min_level=1, max_level=4, slug_func=_Anchors(prefix).name)
    markdown.core.ruler.push("shop", rework)
    markdown.add_render_rule("fence", _fence)
    markdown.add_render_rule("code_block", _fence)
    return markdown


class _Anchors:
    """Creates the ids of one text's headings; counters keep many equal headings cheap."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.times: Counter[str] = Counter()

    def name(self, title: str) -> str:
        """``usage``, then ``usage-1``, ``usage-2`` …"""
        slug = _slug(title)
        times = self.times[slug]
        self.times[slug] += 1
        return f"{self.prefix}{slug}-{times}" if times else self.prefix + slug


def _slug(title: str) -> str:
    words = re.sub(r"[^\w\s-]", "", title.lower()).strip()
    return re.sub(r"[\s-]+", "-", words)[:80]


def _rework_strangers(state: StateCore) -> None:
    """Move headings one level down (the page has its own h1) and restrict links."""
    for token in _all(state.tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
        elif token.type == "link_open":
            token.attrs["href"] = _link(str(token.attrs.get("href", "")))
        elif token.type == "image":
            _to_text(token)


def _rework_ours(state: StateCore) -> None:
    """Replace images, which the documentation does not use."""
    for token in _all(state.tokens):
        if token.type == "image":
            _to_text(token)


def _to_text(image: Token) -> None:
    image.type, image.tag, image.attrs, image.children = "text", "", {}, None
    image.content = image.content and f"[image: {image.content}]"


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _link(address: str) -> str:
    """Prefix anchors, keep URLs with scheme and host, and clear all others."""
    if address.startswith("#"):
        return f"#{PREFIX}{_slug(address[1:])}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "#"
    if parts.scheme == "mailto" or (parts.scheme in ("http", "https") and parts.netloc):
        return address
    return "#"


def _fence(
    self: RendererHTML,
    tokens: list[Token],
    index: int,
    options: object,
    env: MutableMapping[str, int],
) -> str:
    token = tokens[index]
    language = (token.info or "").strip().split(" ")[0].lower()
    env["blocks"] = env.get("blocks", 0) + 1
    env["colored"] = env.get("colored", 0) + len(token.content)
    if env["blocks"] > MAX_COLORED_BLOCKS or env["colored"] > MAX_COLORED:
        return f'<pre tabindex="0"><code>{escape(token.content)}</code></pre>\n'
    lines = "\n".join(code_lines(token.content.rstrip("\n"), language or "text"))
    return f'<pre tabindex="0"><code>{lines}</code></pre>\n'


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    """nh3's attribute filter: keeps only the classes of Pygments and of the anchor."""
    if name == "class":
        return value if re.fullmatch(r"[a-z0-9]{1,3}|anchor|err", value) else None
    if name == "href":
        return value if value != "#" else None
    return value
