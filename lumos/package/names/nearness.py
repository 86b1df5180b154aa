"""Whether a name is a slip of the finger, or a word, away from a name that many know.

How typosquatters choose names: one letter more, less, other or swapped; words in another order; a
word put before or behind (Vu et al., "Typosquatting and Combosquatting Attacks on the Python
Ecosystem", 2020).
"""

from __future__ import annotations

import re

from lumos.package.names.tools import ToolName, fold

__all__ = ["near"]

#: Names shorter than this are one edit from too many honest ones.
SHORTEST = 5
#: Words that say nothing of what a tool does, so that with one of them it seems to be the same.
AFFIXES = frozenset(
    {
        "api", "app", "cli", "client", "core", "dev", "fixed", "free", "lib", "lite", "lumos",
        "new", "next", "official", "original", "plus", "plugin", "pro", "py", "python", "real",
        "sdk", "secure", "the", "tool", "tools", "updated", "v", "x",
    }
)  # fmt: skip


def near(name: ToolName, known: ToolName) -> str:
    """How ``name`` may be taken for ``known``, as the end of a sentence; empty if it is not near.

    The same name in another namespace is not near, unless the namespaces are: that is what they
    are for. Names that are the same to the eye are another rule's (:func:`names.fold`).
    """
    if name.name == known.name:
        apart = one_edit(fold(name.namespace), fold(known.namespace))
        return "its namespace is one letter away" if apart else ""
    mine, theirs = fold(name.name), fold(known.name)
    if len(known.name) >= SHORTEST and (mine == theirs or one_edit(mine, theirs)):
        return "it is one letter away"
    words, known_words = _words(name.name), _words(known.name)
    if len(words) > 1 and sorted(words) == sorted(known_words):
        return "it has the same words in another order"
    extra = _extra(words, known_words)
    if extra and len(known.name) >= SHORTEST:
        return f"it adds only '{extra}'"
    return ""


def one_edit(a: str, b: str) -> bool:
    """Whether one letter more, less, other, or two neighbors swapped, make ``b`` of ``a``."""
    start = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    start = min(len(a), len(b)) if start is None else start
    a, b = a[start:], b[start:]
    return a != b and (
        a[1:] == b[1:]
        or a[1:] == b
        or a == b[1:]
        or (a[:2] == b[1::-1] and len(a) > 1 and a[2:] == b[2:])
    )


def _words(name: str) -> list[str]:
    """``web-search2`` as web, search, 2."""
    return re.findall(r"[a-z]+|[0-9]+", name)


def _extra(words: list[str], known: list[str]) -> str:
    """What stands before or behind the known words, if it says nothing."""
    count = len(words) - len(known)
    before, behind = words[:count], words[len(known) :]
    extra = before if words[count:] == known else behind if words[: len(known)] == known else []
    says_nothing = all(word in AFFIXES or word.isdigit() for word in extra)
    return " ".join(extra) if says_nothing and count > 0 else ""
