"""Split text into words, the same for every engine: case-folded, stemmed, CJK as n-grams."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator
from functools import cache, lru_cache

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # invalid escapes in whoosh, which is from 2016
    from whoosh.lang.porter import stem as _porter

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_RUN = re.compile(f"[{_CJK}]+|(?:(?![{_CJK}_])\\w)+")
_IS_CJK = re.compile(f"[{_CJK}]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Longer runs of letters are data, not words, and are skipped.
_LONGEST_WORD = 64
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can for from has have how i in into is it its me my of on or "
        "that the this to use used using was what when which with you your",
    )
)
#: Filler words of queries. They are ignored unless the query has no other word.
_NOISE = _STOP | {"agent", "do", "does", "find", "need", "some", "tool", "tools", "want"}
#: Groups of synonyms; each word also matches the others, with a lower weight.
_SAME = (
    "url uri link", "uuid guid", "excel xlsx spreadsheet", "http https", "hash digest checksum",
    "calculate compute evaluate", "average mean", "request fetch", "generate make create",
    "validate check verify", "image picture photo", "email mail", "delete remove",
    "convert transform", "translate translation", "database sql", "encrypt cipher", "zip archive",
    "deviation std variance spread",
)  # fmt: skip


def words(text: str) -> Iterator[str]:
    """The words of a document's text, stemmed; of CJK runs every character and every pair."""
    for run in _runs(text):
        if is_cjk(run):
            yield from run
            yield from _pairs(run)
        elif run not in _STOP:
            yield stem(run)


def query_runs(text: str) -> list[str]:
    """The words of a query as typed, without repetitions; CJK runs of two or more as pairs.

    Stop words and filler words are dropped, unless the query has no other word.
    """
    runs: list[str] = []
    for run in _runs(text):
        if is_cjk(run):
            runs += _pairs(run) or [run]
        else:
            runs.append(run)
    telling = [word for word in runs if word not in _NOISE]
    return list({stem(word): word for word in reversed(telling or runs)}.values())[::-1]


def synonyms(word: str) -> tuple[str, ...]:
    """Stems with about the same meaning."""
    return _synonyms().get(stem(word), ())


def doers(word: str) -> Iterator[str]:
    """Candidates for the agent noun or the verb: ``reader`` for ``read`` and the reverse.

    They are formed by suffix rules, so most are not words: use only those in the vocabulary.
    """
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
        word: tuple(other for other in group if other != word) for group in groups for word in group
    }


def is_stop(word: str) -> bool:
    """Whether the word is too common to be indexed."""
    return word in _STOP


def is_cjk(text: str) -> bool:
    """Whether it begins with a Chinese, Japanese or Korean character."""
    return _IS_CJK.match(text) is not None


def name_words(text: str) -> list[str]:
    """The unstemmed words of a name or a short text, without repetitions."""
    return list(dict.fromkeys(_runs(text)))


@lru_cache(50_000)
def stem(word: str) -> str:
    """The Porter stem of an English word; other words are returned unchanged."""
    return _porter(word) if word.isascii() and word.isalpha() else word


def _runs(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", _CAMEL.sub(" ", text))
    for match in _RUN.finditer(plain):
        run = match.group().casefold()
        if len(run) <= _LONGEST_WORD or is_cjk(run):
            yield run


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
