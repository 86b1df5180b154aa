"""Find the documents that match a query, and score them.

Whoosh's own query classes are not used: its parser would let visitors write costly wildcards, its
block-quality optimization does not terminate for some OR queries, and its matchers are slow if many
documents match. Instead, the postings of each word are read one after the other and added up, which
gives exact counts and bounded work.
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

#: The most words that one prefix is expanded to.
PREFIX_WORDS = 64


@dataclass(frozen=True, slots=True)
class Found:
    """The documents of one page, the number of matches, and that of each category."""

    numbers: list[int]
    total: int
    categories: dict[str, int]


def find(searcher: Any, query: Query) -> Found:
    """Find the page of a query. Categories are counted for the text in all categories."""
    segments = [_Segment.of(leaf, offset) for leaf, offset in searcher.leaf_searchers()]
    if not query.text.strip():
        return _browse(segments, query)
    matches = _matches(_Whole(searcher, segments), query.text)
    chosen = [match for match in matches if query.category in (None, match.category)]
    page = ranking.page(chosen, query)
    return Found([match.number for match in page], len(chosen), ranking.categories(matches))


def _browse(segments: list[_Segment], query: Query) -> Found:
    """A page of all documents, or of one category, merged from the sorted segments."""
    counts: Counter[str] = Counter()
    for segment in segments:
        counts += segment.counts
    ordered = heapq.merge(*(segment.in_order(query) for segment in segments))
    page = islice(ordered, query.offset, query.offset + query.limit)
    total = counts.total() if query.category is None else counts[query.category]
    return Found([number for _, number in page], total, dict(counts.most_common()))


def _matches(index: _Whole, text: str) -> Iterable[ranking.Match]:
    """Every match with its score, including the points for its name."""
    scores = question.scores(index, text)
    for number, points in index.favored(text).items():
        if number in scores or points >= ranking.EXACT:
            scores[number] = scores.get(number, 0.0) + points
    return index.matches(scores)


class _Whole:
    """Implements question.Index over all segments, with numbers for the whole index."""

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
        weights: Weights = {}
        for field, boost in ranking.BOOSTS.items():
            average = self.searcher.avg_field_length(field) or 1
            for segment in self.segments:
                segment.add_weights(weights, field, word, boost, average)
        return weights

    def begun(self, prefix: str) -> Weights:
        """See question.Index."""
        words = _some(self.searcher.reader().expand_prefix("name_words", prefix))
        numbers = (self._numbers("name_words", word) for word in words)
        return {number: ranking.PREFIX_BOOST for matching in numbers for number in matching}

    def spelled(self) -> Mapping[str, int]:
        """See question.Index."""
        return self._vocabulary

    @cached_property
    def _vocabulary(self) -> Mapping[str, int]:
        return _Sum([segment.columns.vocabulary for segment in self.segments])

    def favored(self, text: str) -> Weights:
        """The points of documents whose name is the query or begins with it."""
        typed = ranking.as_name(text)
        spelled = _some(self.searcher.reader().expand_prefix("names", typed)) if typed else []
        points: Weights = {}
        for spelling in spelled:
            worth = ranking.name_points(text, [spelling])
            for number in self._numbers("names", spelling):
                points[number] = max(points.get(number, 0.0), worth)
        return points

    def matches(self, scores: Weights) -> list[ranking.Match]:
        """The scored documents with the values that they are sorted by."""
        matches = []
        for segment in self.segments:
            last = segment.offset + len(segment.columns.category)
            for number, score in scores.items():
                if segment.offset <= number < last:
                    match = segment.columns.match(number - segment.offset, score)
                    match.number = number
                    matches.append(match)
        return matches

    def _numbers(self, field: str, word: str) -> Iterator[int]:
        for segment in self.segments:
            yield from segment.numbers(field, word)


class _Sum(dict[str, int]):
    """The vocabularies of all segments as one mapping, without copying them."""

    def __init__(self, parts: list[Mapping[str, int]]) -> None:
        super().__init__()
        self._parts = parts

    def __contains__(self, word: object) -> bool:
        return any(word in part for part in self._parts)

    def __getitem__(self, word: str) -> int:
        return sum(part.get(word, 0) for part in self._parts)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of the index, immutable except for its deletions.

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
        """The number of documents by category."""
        gone = Counter(self.columns.category[number] for number in self.deleted)
        return self.columns.counts - gone

    def in_order(self, query: Query) -> Iterator[tuple[tuple[float, ...], int]]:
        """(key, number in the whole index) of the documents of the query's category."""
        category, wanted = self.columns.category, query.category
        for key, number in self.columns.in_order(query.sort):
            if number not in self.deleted and wanted in (None, category[number]):
                yield key, self.offset + number

    def add_weights(
        self, weights: Weights, field: str, word: str, boost: float, average: float
    ) -> None:
        """Add a word's weights in a field; ranking.in_field is inlined in this hot loop."""
        if (field, word) not in self.reader:
            return
        get, lengths, deleted = weights.get, self.columns.lengths[field], self.deleted
        worth, fixed, per_word = boost * (K1 + 1), K1 * (1 - B), K1 * B / average
        for numbers, counts in postings(self.reader, field, word):
            for number, count in zip(numbers, counts, strict=True):
                if number not in deleted:
                    weight = worth * count / (count + fixed + per_word * lengths[number])
                    at = self.offset + number
                    weights[at] = get(at, 0.0) + weight

    def numbers(self, field: str, word: str) -> Iterator[int]:
        """The documents with the word in a field, by their numbers in the whole index."""
        if (field, word) in self.reader:
            for numbers, _ in postings(self.reader, field, word):
                for number in numbers:
                    if number not in self.deleted:
                        yield self.offset + number


def _some(words: Iterable[bytes]) -> list[str]:
    return [word.decode() for word in islice(words, PREFIX_WORDS)]
