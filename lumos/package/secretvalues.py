"""Judging one value: a placeholder, something generated, or an ordinary word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import log2

__all__ = [
    "SHORTEST",
    "entropy",
    "has_shape",
    "is_filled_in_later",
    "is_placeholder",
    "looks_random",
    "matches",
]

#: Shorter values are not masked: hiding them would hide ordinary words.
SHORTEST = 6
_FILLED_IN_LATER = re.compile(r"^(?:[$%{<]|\*+$|\.+$|x{3,}$)|\$\{|\{\{|\}|%\(|%s", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:(?:my|your|the|a|some|db|user|super|new|old|dummy|fake|example|sample|test|insert|real)[_-]?)*"
    r"(?:pass(?:word|wd|phrase)?|pwd?|secret|token|key|api[_-]?key|credentials?|changeme|change[_-]?me"
    r"|replace[_-]?me|placeholder|dummy|example|sample|test|testing|fake|redacted|todo|none|null"
    r"|masked|hidden|insert|here|user(?:name)?|guest|x{3,}|foo|bar|foobar|abc|string|value)?"
    r"(?:[_-]?here)?[0-9]{0,3}",
    re.IGNORECASE,
)


def is_placeholder(value: str) -> bool:
    """Whether a value is a word that stands for a secret: ``password``, ``changeme``."""
    return bool(_PLACEHOLDER.fullmatch(value))


def is_filled_in_later(value: str) -> bool:
    """Whether a program puts the secret in: ``${PASSWORD}``, ``{password}``, ``<password>``."""
    return bool(_FILLED_IN_LATER.search(value))


def looks_random(value: str) -> bool:
    """Whether a value looks generated: long, of three kinds of characters that change often.

    The last tells it from a path or a name such as ``Tests/data2/HTTPClient2``.
    """
    kinds = [_kind(character) for character in value[:400] if character.isalnum()]
    if len(value) < 12 or len(set(kinds)) < 3 or kinds.count("digit") < 2:
        return False
    changes = sum(before != after for before, after in pairwise(kinds))
    return changes >= 0.3 * len(kinds) and entropy(value[:400]) > 3.0


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "upper" if character.isupper() else "lower"


def entropy(text: str) -> float:
    """Shannon's entropy in bits a character; 0 for an empty text."""
    counts = (text.count(character) for character in set(text))
    return -sum(n / len(text) * log2(n / len(text)) for n in counts)


def has_shape(value: str) -> bool:
    """Whether a value by itself is no ordinary word: letters with digits, or signs in between."""
    letters = any(character.isalpha() for character in value)
    digits = any(character.isdigit() for character in value)
    signs = bool(re.search(r"[^\w\s.\-/:]", value))
    return " " not in value and letters and (digits or signs)


def matches(pattern: re.Pattern[str], text: str, stems: Iterable[str]) -> Iterator[re.Match[str]]:
    """The matches of a pattern that begin with one of ``stems`` (lower case), in any order.

    Searching for the stems first is some thirty times as fast as trying a pattern of many
    alternatives at every character.
    """
    lower = text.replace("\u0130", "I").lower()  # the one letter that grows in lower case
    for stem in stems:
        position = lower.find(stem)
        while position >= 0:
            if match := pattern.match(text, position):
                yield match
            position = lower.find(stem, position + 1)
