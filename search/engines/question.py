"""From what was typed to weighed documents, the same for every engine.

A word counts in its other forms, in few synonyms, run together with its neighbor ("date time"),
half typed where it is the last, and misspelled where nobody has it as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from search.engines import ranking
from search.engines.ranking import Weights
from search.engines.text import doers, is_cjk, is_stop, name_words, query_runs, stem, synonyms

#: What another word is worth in place of the one that was typed.
SYNONYM, DOER, CORRECTED = 0.5, 0.8, 0.8
SHORTEST_CORRECTED = 4
MOST_CORRECTED = 3
#: Entries of the index that one question may read; rare words come first.
MOST_POSTINGS = 600_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Index(Protocol):
    """What a question needs to know of an engine's documents."""

    def __len__(self) -> int:
        """How many documents there are."""

    def frequency(self, word: str) -> int:
        """About how many entries :meth:`weights` would read for a stem."""

    def weights(self, word: str) -> Weights:
        """Where a stem stands, and what it weighs there."""

    def begun(self, prefix: str) -> Weights:
        """Documents with a word in their name that begins so, each with PREFIX_BOOST."""

    def spelled(self) -> Mapping[str, int]:
        """Every word of names, titles, keywords and summaries as written, and how often."""


def scores(index: Index, text: str) -> Weights:
    """The score of every document that the text finds."""
    runs = _affordable(index, query_runs(text)[: ranking.MOST_WORDS])
    if not runs:
        return {}
    words = [dict(_forms(index, run)) for run in runs]
    _add_joined(index, runs, words)
    last = name_words(text)[-1]
    if last == runs[-1] and len(last) >= ranking.SHORTEST_PREFIX:
        _add(words[-1], index.begun(last))
    _correct(index, runs, words)
    return ranking.scores(words, len(index))


def _affordable(index: Index, runs: list[str]) -> list[str]:
    """The words that can be sought within the bound; the rarest always is."""
    left = MOST_POSTINGS
    chosen: set[str] = set()
    costs = {run: index.frequency(stem(run)) for run in runs}
    for run in sorted(runs, key=costs.__getitem__):
        if costs[run] > left and chosen:
            break
        left -= costs[run]
        chosen.add(run)
    return [run for run in runs if run in chosen]


def _forms(index: Index, run: str) -> Weights:
    found = index.weights(stem(run))
    for other in synonyms(run):
        _at_least(found, index.weights(other), SYNONYM)
    for other in doers(run):
        if other in index.spelled() and stem(other) != stem(run):
            _at_least(found, index.weights(stem(other)), DOER)
    return found


def _add_joined(index: Index, runs: list[str], words: list[Weights]) -> None:
    """``date time`` finds ``datetime``: it is as if both words stood there."""
    for at in range(len(runs) - 1):
        joined = runs[at] + runs[at + 1]
        if not is_cjk(joined) and joined in index.spelled():
            found = index.weights(stem(joined))
            _at_least(words[at], found)
            _at_least(words[at + 1], found)


def _correct(index: Index, runs: list[str], words: list[Weights]) -> None:
    unknown = [at for at, each in enumerate(words) if not each and not is_stop(runs[at])]
    for at in unknown[:MOST_CORRECTED]:
        if better := correction(runs[at], index.spelled()):
            _at_least(words[at], index.weights(stem(better)), CORRECTED)


def correction(run: str, known: Mapping[str, int]) -> str | None:
    """The word most often used that is one slip of a finger away."""
    if len(run) < SHORTEST_CORRECTED or not run.isascii() or run.isdigit():
        return None
    near = {word for word in _one_slip(run) if word in known}
    return max(near, key=lambda word: (known[word], word), default=None)


def _one_slip(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        begin, end = word[:at], word[at:]
        for letter in _LETTERS:
            yield begin + letter + end
            if end:
                yield begin + letter + end[1:]
        if end:
            yield begin + end[1:]
        if len(end) > 1:
            yield begin + end[1] + end[0] + end[2:]


def _add(weights: Weights, more: Weights) -> None:
    for number, weight in more.items():
        weights[number] = weights.get(number, 0.0) + weight


def _at_least(weights: Weights, others: Weights, factor: float = 1.0) -> None:
    for number, weight in others.items():
        weights[number] = max(weights.get(number, 0.0), factor * weight)
