"""Strangers' Markdown: rich enough to read, and never dangerous."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.markdown import MAX_CHARACTERS, render_guide, render_readme

ALLOWED_ADDRESS = re.compile(r'href="(https?://[^"/]|mailto:|#readme-)')


def test_headings_go_one_level_down_and_bear_anchors() -> None:
    html = render_readme("# Usage\n\n## Usage\n\n[there](#usage)")
    assert '<h2 id="readme-usage">' in html
    assert '<h3 id="readme-usage-1">' in html
    assert 'href="#readme-usage"' in html


def test_code_is_colored_by_classes_and_keeps_its_lines() -> None:
    html = render_readme("```python\nx = 1\n\ny = 2\n```\n")
    assert '<span class="mi">1</span>' in html
    assert html.count("\n\n") == 1
    assert "style=" not in html


@pytest.mark.parametrize("language", ["console", "text", "brainfuck", "<b>", ""])
def test_a_block_in_any_language_keeps_all_of_its_text(language: str) -> None:
    html = render_readme(f"```{language}\n$ one\n$ two\n```\n")
    assert "one" in html
    assert "two" in html


def test_tables_lists_and_strikethrough_are_shown() -> None:
    html = render_readme("| a | b |\n|---|---|\n| 1 | 2 |\n\n3. three\n\n~~gone~~")
    assert "<table>" in html
    assert '<ol start="3">' in html
    assert "<s>gone</s>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "[x](//evil.example/x)",
        "[x](\\\\evil.example)",
        "[x](/accounts/logout/)",
        "[x](vbscript:x)",
        "![x](http://evil.example/pixel.png)",
        "![x](//evil.example/pixel.png)",
        "[x](http://[)",
        '[x](http://a.example "onmouseover=alert(1)")',
        "```python onload=alert(1)\nx\n```",
        "<a href='x' id='main'>x</a>",
    ],
)
def test_nothing_of_a_stranger_runs_or_calls_home(text: str) -> None:
    _assert_harmless(render_readme(text))


@given(st.text(alphabet="[]()<>!#`*_~|\\/:.\"'=& \nabcjavscriptdhtp012", max_size=200))
def test_no_text_gets_past_the_sanitizer(text: str) -> None:
    _assert_harmless(render_readme(text))


def test_an_image_gives_way_to_its_description() -> None:
    assert render_readme("![The logo](logo.png)") == "<p>[image: The logo]</p>\n"


def test_a_text_without_end_is_cut() -> None:
    assert len(render_readme("a" * (MAX_CHARACTERS * 2))) < MAX_CHARACTERS + 100


def test_our_own_pages_may_link_within_the_site() -> None:
    assert 'href="/docs/rules/"' in render_guide("[rules](/docs/rules/)")
    assert '<h3 id="version_exists">' in render_guide("### version_exists")


def _assert_harmless(html: str) -> None:
    tags = re.findall(r"<([a-z0-9]+)([^>]*)>", html)
    assert not {name for name, _ in tags} & {"script", "img", "iframe", "style", "svg", "form"}
    for _, attributes in tags:
        assert not re.search(r"\s(on\w+|style)\s*=", attributes), attributes
        if "href=" in attributes:
            assert ALLOWED_ADDRESS.search(attributes), attributes
    for identifier in re.findall(r'\sid="([^"]*)"', html):
        assert identifier.startswith("readme-")
