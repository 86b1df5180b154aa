"""Characters that a reader cannot see and a model or a terminal still obeys."""

from __future__ import annotations

import unicodedata

__all__ = ["first_hidden", "is_hidden", "legible"]

# Invisible characters that Unicode does not class as "format" (Cf).
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_SEPARATORS = frozenset("\u2028\u2029")


def is_hidden(char: str) -> bool:
    """Whether a character is a control, bidi, zero-width, tag or filler character.

    Line feed and tab are controls too: a caller that allows them takes them out first.
    """
    if " " <= char <= "~":
        return False
    return (
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")
        or char in _BLANKS
        or char in _SEPARATORS
        or 0xFE00 <= ord(char) <= 0xFE0F
        or 0xE0100 <= ord(char) <= 0xE01EF
    )


def first_hidden(text: str, *, allowed: str = "") -> str | None:
    """The first hidden character as ``U+202E RIGHT-TO-LEFT OVERRIDE``, or ``None``."""
    for char in text:
        if is_hidden(char) and char not in allowed:
            return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"
    return None


def legible(text: str) -> str:
    """Someone's words on one line, with nothing that a terminal obeys: pip prints them raw."""
    return " ".join("".join(" " if is_hidden(char) else char for char in text).split())
