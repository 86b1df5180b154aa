"""Which documents have the words typed, and how well they fit.

Whoosh's own query parser would let a visitor write costly wildcards, its block-quality shortcut
makes some OR queries endless, and its trees of matchers are slow where many documents match. So
the postings of each word are added up here, one after the other: exact counts, bounded work.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from search.engines import question, ranking
from search.engines.base import Query
from search.engines.ranking import K1, B, Weights
from search.engines.whoosh.columns import Columns, columns_of
from search.engines.whoosh.library import postings

#: How many names one prefix may stand for.
PREFIX_WORDS = 64


@dataclass(frozen=True, slots=True)
class Found:
    """The documents of one page, how many match, and how many of each category do."""

    numbers: list[int]
    total: int
    categories: dict[str, int]


def find(searcher: Any, query: Query) -> Found:
    """What matches the query; the text alone decides what is counted by category."""
    segments = [_Segment.of(leaf, offset) for leaf, offset in searcher.leaf_searchers()]
    if not query.text.strip():
        return _browse(segments, query)
    found = _matches(_Whole(searcher, segments), query.text)
    chosen = [match for match in found if query.category in (None, match.category)]
    page = ranking.page(chosen, query)
    return Found([match.number for match in page], len(chosen), ranking.categories(found))


def _browse(segments: list[_Segment], query: Query) -> Found:
    """Everything, or all of a category: the orders are known, so nothing need be sorted."""
    counts: Counter[str] = Counter()
    for segment in segments:
        counts += segment.counts
    ordered = heapq.merge(*(segment.in_order(query) for segment in segments))
    page = islice(ordered, query.offset, query.offset + query.limit)
    total = counts.total() if query.category is None else counts[query.category]
    return Found([number for _, number in page], total, dict(counts.most_common()))


def _matches(index: _Whole, text: str) -> Iterable[ranking.Match]:
    """Every match with its score, and the points of its name on top."""
    scores = question.scores(index, text)
    for number, points in index.favored(text).items():
        if number in scores or points >= ranking.EXACT:
            scores[number] = scores.get(number, 0.0) + points
    return index.matches(scores)


class _Whole:
    """The index as a question sees it: its segments, numbered through."""

    def __init__(self, searcher: Any, segments: list[_Segment]) -> None:
        self.searcher = searcher
        self.segments = segments

    def __len__(self) -> int:
        return int(self.searcher.doc_count())

    def frequency(self, word: str) -> int:
        """See question.Index."""
        return sum(self.searcher.doc_frequency(field, word) for field in ranking.BOOSTS)

    def weights(self, word: str) -> Weights:
        """See question.Index."""
        found: Weights = {}
        for field, boost in ranking.BOOSTS.items():
            average = self.searcher.avg_field_length(field) or 1
            for segment in self.segments:
                segment.add_weights(found, field, word, boost, average)
        return found

    def begun(self, prefix: str) -> Weights:
        """See question.Index."""
        words = _some(self.searcher.reader().expand_prefix("name_words", prefix))
        numbers = (self._numbers("name_words", word) for word in words)
        return {number: ranking.PREFIX_BOOST for each in numbers for number in each}

    def spelled(self) -> Mapping[str, int]:
        """See question.Index."""
        return self._vocabulary

    @cached_property
    def _vocabulary(self) -> Mapping[str, int]:
        return _Sum([segment.columns.vocabulary for segment in self.segments])

    def favored(self, text: str) -> Weights:
        """What it is worth to bear the name that was typed, or one that begins so."""
        typed = ranking.as_name(text)
        spelled = _some(self.searcher.reader().expand_prefix("names", typed)) if typed else []
        points: Weights = {}
        for spelling in spelled:
            worth = ranking.name_points(text, [spelling])
            for number in self._numbers("names", spelling):
                points[number] = max(points.get(number, 0.0), worth)
        return points

    def matches(self, scores: Weights) -> list[ranking.Match]:
        """The scored documents with what they are sorted by."""
        found = []
        for segment in self.segments:
            last = segment.offset + len(segment.columns.category)
            for number, score in scores.items():
                if segment.offset <= number < last:
                    match = segment.columns.match(number - segment.offset, score)
                    match.number = number
                    found.append(match)
        return found

    def _numbers(self, field: str, word: str) -> Iterator[int]:
        for segment in self.segments:
            yield from segment.numbers(field, word)


class _Sum(dict[str, int]):
    """The vocabularies of all segments, looked up one after the other."""

    def __init__(self, parts: list[Mapping[str, int]]) -> None:
        super().__init__()
        self._parts = parts

    def __contains__(self, word: object) -> bool:
        return any(word in part for part in self._parts)

    def __getitem__(self, word: str) -> int:
        return sum(part.get(word, 0) for part in self._parts)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of the index that never changes but for its deletions.

    ``offset`` is the number of its first document in the whole index.
    """

    reader: Any
    offset: int
    columns: Columns
    deleted: frozenset[int]

    @classmethod
    def of(cls, leaf: Any, offset: int) -> _Segment:
        reader = leaf.reader()
        deleted = frozenset(reader.segment().deleted_docs())
        return cls(reader, offset, columns_of(reader), deleted)

    @property
    def counts(self) -> Counter[str]:
        """How many documents of each category there are."""
        gone = Counter(self.columns.category[number] for number in self.deleted)
        return self.columns.counts - gone

    def in_order(self, query: Query) -> Iterator[tuple[tuple[float, ...], int]]:
        """(key, number in the whole index) of the documents of the query's category."""
        category, wanted = self.columns.category, query.category
        for key, number in self.columns.in_order(query.sort):
            if number not in self.deleted and wanted in (None, category[number]):
                yield key, self.offset + number

    def add_weights(
        self, found: Weights, field: str, word: str, boost: float, average: float
    ) -> None:
        """What the word weighs in a field: ranking.in_field, written out because it is hot."""
        if (field, word) not in self.reader:
            return
        get, lengths, deleted = found.get, self.columns.lengths[field], self.deleted
        worth, fixed, per_word = boost * (K1 + 1), K1 * (1 - B), K1 * B / average
        for numbers, counts in postings(self.reader, field, word):
            for number, count in zip(numbers, counts, strict=True):
                if number not in deleted:
                    weight = worth * count / (count + fixed + per_word * lengths[number])
                    at = self.offset + number
                    found[at] = get(at, 0.0) + weight

    def numbers(self, field: str, word: str) -> Iterator[int]:
        """The documents with the word in a field, numbered through the whole index."""
        if (field, word) in self.reader:
            for numbers, _ in postings(self.reader, field, word):
                for number in numbers:
                    if number not in self.deleted:
                        yield self.offset + number


def _some(words: Iterable[bytes]) -> list[str]:
    return [word.decode() for word in islice(words, PREFIX_WORDS)]
