"""An engine in memory for tests, with the same contract. Nothing is stored on disk."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property

from search.engines import question, ranking
from search.engines.base import Document, Hits, Query
from search.engines.fields import spellings, texts, vocabulary
from search.engines.text import name_words, words


@dataclass(frozen=True, slots=True)
class _Entry:
    document: Document
    counts: dict[str, Counter[str]]  # by field
    name_words: frozenset[str]
    vocabulary: frozenset[str]
    spellings: frozenset[str]


class MemoryEngine:
    """A SearchEngine over a dict that scans all documents for each query."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.RLock()

    def exclusive(self) -> AbstractContextManager[object]:
        """See SearchEngine.exclusive."""
        return self._lock

    def index(self, documents: Iterable[Document]) -> None:
        """See SearchEngine.index."""
        with self._lock:
            self._entries |= {document.id: _entry(document) for document in documents}

    def remove(self, ids: Iterable[str]) -> None:
        """See SearchEngine.remove."""
        with self._lock:
            gone = set(ids)
            self._entries = {key: entry for key, entry in self._entries.items() if key not in gone}

    def rebuild(self, documents: Iterable[Document]) -> None:
        """See SearchEngine.rebuild."""
        with self._lock:
            self._entries = {document.id: _entry(document) for document in documents}

    def search(self, query: Query) -> Hits:
        """See SearchEngine.search."""
        entries = list(self._entries.values())
        matches = _matches(entries, query.text)
        chosen = [match for match in matches if query.category in (None, match.category)]
        page = ranking.page(chosen, query)
        cards = tuple(entries[match.number].document.card for match in page)
        return Hits(len(chosen), cards, ranking.categories(matches))

    def count(self) -> int:
        """See SearchEngine.count."""
        return len(self._entries)

    def ids(self) -> frozenset[str]:
        """See SearchEngine.ids."""
        return frozenset(self._entries)


def _entry(document: Document) -> _Entry:
    return _Entry(
        document,
        {field: Counter(words(text)) for field, text in texts(document).items()},
        frozenset(name_words(document.name)),
        frozenset(vocabulary(document)),
        frozenset(spellings(document)),
    )


class _Index:
    """Implements question.Index over the entries."""

    def __init__(self, entries: list[_Entry]) -> None:
        self.entries = entries
        self.averages = {
            field: sum(entry.counts[field].total() for entry in entries) / (len(entries) or 1)
            for field in ranking.BOOSTS
        }

    def __len__(self) -> int:
        return len(self.entries)

    def frequency(self, word: str) -> int:
        return sum(word in counts for entry in self.entries for counts in entry.counts.values())

    def weights(self, word: str) -> ranking.Weights:
        by_number = {number: self._weight(entry, word) for number, entry in enumerate(self.entries)}
        return {number: weight for number, weight in by_number.items() if weight}

    def _weight(self, entry: _Entry, word: str) -> float:
        return sum(
            ranking.in_field(boost, count, entry.counts[field].total(), self.averages[field])
            for field, boost in ranking.BOOSTS.items()
            if (count := entry.counts[field][word])
        )

    def begun(self, prefix: str) -> ranking.Weights:
        return {
            number: ranking.PREFIX_BOOST
            for number, entry in enumerate(self.entries)
            if any(word.startswith(prefix) for word in entry.name_words)
        }

    def spelled(self) -> Counter[str]:
        return self._spelled

    @cached_property
    def _spelled(self) -> Counter[str]:
        return Counter(word for entry in self.entries for word in entry.vocabulary)


def _matches(entries: list[_Entry], text: str) -> list[ranking.Match]:
    if not text.strip():
        return [_match(number, entry.document, 1.0) for number, entry in enumerate(entries)]
    scores = question.scores(_Index(entries), text)
    for number, entry in enumerate(entries):
        points = ranking.name_points(text, entry.spellings)
        if number in scores or points >= ranking.EXACT:
            scores[number] = scores.get(number, 0.0) + points
    return [_match(number, entries[number].document, score) for number, score in scores.items()]


def _match(number: int, document: Document, score: float) -> ranking.Match:
    return ranking.Match(
        number=number,
        score=score,
        category=document.category,
        downloads=document.downloads,
        rating=document.rating,
        created=document.created,
        updated=document.updated,
    )
