"""Words in backticks are shown as code, and nothing of a stranger's text is taken as markup."""

from __future__ import annotations

import pytest

from marketplace.templatetags.texts import inline_code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("run `lumos build` now", "run <code>lumos build</code> now"),
        ("a ` alone", "a ` alone"),
        ("`a` and ` b", "<code>a</code> and ` b"),
        ("<b>`<i>`</b>", "&lt;b&gt;<code>&lt;i&gt;</code>&lt;/b&gt;"),
        ("", ""),
    ],
)
def test_backticks_become_code_and_all_else_is_escaped(text: str, shown: str) -> None:
    assert inline_code(text) == shown
