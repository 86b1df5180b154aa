"""Words as every engine sees them: folded, stemmed, and Chinese in characters and pairs."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator
from functools import cache, lru_cache

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # whoosh is of 2016: invalid escapes in its own files
    from whoosh.lang.porter import stem as _porter

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_RUN = re.compile(f"[{_CJK}]+|(?:(?![{_CJK}_])\\w)+")
_IS_CJK = re.compile(f"[{_CJK}]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Longer runs of letters are data, not words.
_LONGEST_WORD = 64
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can for from has have how i in into is it its me my of on or "
        "that the this to use used using was what when which with you your",
    )
)
#: What people say around what they seek; documents are still found by it where it stands alone.
_NOISE = _STOP | {"agent", "do", "does", "find", "need", "some", "tool", "tools", "want"}
#: Words that people use for the same thing; each stands for the others, at a lower price.
_SAME = (
    "url uri link", "uuid guid", "excel xlsx spreadsheet", "http https", "hash digest checksum",
    "calculate compute evaluate", "average mean", "request fetch", "generate make create",
    "validate check verify", "image picture photo", "email mail", "delete remove",
    "convert transform", "translate translation", "database sql", "encrypt cipher", "zip archive",
    "deviation std variance spread",
)  # fmt: skip


def words(text: str) -> Iterator[str]:
    """The words of a document's text: stemmed; of Chinese each character and each pair."""
    for run in _runs(text):
        if is_cjk(run):
            yield from run
            yield from _pairs(run)
        elif run not in _STOP:
            yield stem(run)


def query_runs(text: str) -> list[str]:
    """The words sought as typed, without repeats; Chinese by pairs where there are two characters.

    Words that every text has are dropped, unless nothing else was typed.
    """
    found: list[str] = []
    for run in _runs(text):
        if is_cjk(run):
            found += _pairs(run) or [run]
        else:
            found.append(run)
    telling = [word for word in found if word not in _NOISE]
    return list({stem(word): word for word in reversed(telling or found)}.values())[::-1]


def synonyms(word: str) -> tuple[str, ...]:
    """Stems that mean about the same."""
    return _synonyms().get(stem(word), ())


def doers(word: str) -> Iterator[str]:
    """``reader`` of ``read`` and ``read`` of ``reader``, and what else it could be by its form."""
    if not (word.isascii() and word.isalpha()):
        return
    if word.endswith("ing"):
        for verb in (word[:-3], f"{word[:-3]}e", word[:-4]):
            yield from doers(verb)
    elif word.endswith(("er", "or")):
        yield from (word[:-2], word[:-1], f"{word[:-2]}e", word[:-3])
    else:
        yield from (f"{word}er", f"{word}r", f"{word}or", f"{word}{word[-1:]}er", f"{word[:-1]}or")


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    groups = [tuple(map(stem, group.split())) for group in _SAME]
    return {
        each: tuple(other for other in group if other != each) for group in groups for each in group
    }


def is_stop(word: str) -> bool:
    """Whether it is in no index, because every text has it."""
    return word in _STOP


def is_cjk(text: str) -> bool:
    """Whether it begins with a Chinese, Japanese or Korean character."""
    return _IS_CJK.match(text) is not None


def name_words(text: str) -> list[str]:
    """The words of a name or a short text as they stand, not stemmed."""
    return list(dict.fromkeys(_runs(text)))


@lru_cache(50_000)
def stem(word: str) -> str:
    """The stem of an English word; other words come back as they are."""
    return _porter(word) if word.isascii() and word.isalpha() else word


def _runs(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", _CAMEL.sub(" ", text))
    for match in _RUN.finditer(plain):
        run = match.group().casefold()
        if len(run) <= _LONGEST_WORD or is_cjk(run):
            yield run


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
