"""Score the documents that match a typed text, the same for every engine.

Each typed word also matches:

* its inflections (by stemming), related forms ("parse", "parser") and a few synonyms;
* itself joined with the next word ("date time" matches "datetime");
* names that begin with it, if it is the last word;
* its most frequent correction at edit distance one, if no document contains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from search.engines import ranking
from search.engines.ranking import Weights
from search.engines.text import doers, is_cjk, is_stop, name_words, query_runs, stem, synonyms

#: Factors for the weight of a word that matches instead of the typed one.
SYNONYM, DOER, CORRECTED = 0.5, 0.8, 0.8
SHORTEST_CORRECTED = 4
MOST_CORRECTED = 3
#: The most index entries that one query may read; rare words come first.
MOST_POSTINGS = 600_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Index(Protocol):
    """What scoring reads from an engine's documents."""

    def __len__(self) -> int:
        """The number of documents."""

    def frequency(self, word: str) -> int:
        """Roughly how many entries :meth:`weights` would read for a stem."""

    def weights(self, word: str) -> Weights:
        """The documents that contain a stem, with its BM25F weight in each."""

    def begun(self, prefix: str) -> Weights:
        """Documents with a word in their name that has the prefix, each with PREFIX_BOOST."""

    def spelled(self) -> Mapping[str, int]:
        """The unstemmed words of names, titles, keywords and summaries, with their counts."""


def scores(index: Index, text: str) -> Weights:
    """The score of every document that matches the text."""
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
    """The words that fit within MOST_POSTINGS, rarest first; always at least one."""
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
    weights = index.weights(stem(run))
    for other in synonyms(run):
        _at_least(weights, index.weights(other), SYNONYM)
    for other in doers(run):
        if other in index.spelled() and stem(other) != stem(run):
            _at_least(weights, index.weights(stem(other)), DOER)
    return weights


def _add_joined(index: Index, runs: list[str], words: list[Weights]) -> None:
    """Count a document with ``datetime`` as one that contains both ``date`` and ``time``."""
    for at in range(len(runs) - 1):
        joined = runs[at] + runs[at + 1]
        if not is_cjk(joined) and joined in index.spelled():
            weights = index.weights(stem(joined))
            _at_least(words[at], weights)
            _at_least(words[at + 1], weights)


def _correct(index: Index, runs: list[str], words: list[Weights]) -> None:
    unknown = [at for at, weights in enumerate(words) if not weights and not is_stop(runs[at])]
    for at in unknown[:MOST_CORRECTED]:
        if better := correction(runs[at], index.spelled()):
            _at_least(words[at], index.weights(stem(better)), CORRECTED)


def correction(run: str, known: Mapping[str, int]) -> str | None:
    """The most frequent known word at edit distance one, transpositions included."""
    if len(run) < SHORTEST_CORRECTED or not run.isascii() or run.isdigit():
        return None
    near = {word for word in _edits(run) if word in known}
    return max(near, key=lambda word: (known[word], word), default=None)


def _edits(word: str) -> Iterator[str]:
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
