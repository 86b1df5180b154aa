"""The values by which results are sorted, counted and scored, cached in memory for each segment.

A segment is immutable except for its deletions, so its values are read once for all threads of a
process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from search.engines import ranking
from search.engines.base import Sort
from search.engines.whoosh.library import LENGTHS, length_column

#: Larger than the number of segments that an index has at one time.
MOST_SEGMENTS = 64


@dataclass(frozen=True, slots=True)
class Columns:
    """Lists indexed by a document's number in its segment; ``lengths`` are in words, by field."""

    category: Sequence[str]
    downloads: Sequence[int]
    rating: Sequence[int]
    created: Sequence[int]
    updated: Sequence[int]
    lengths: Mapping[str, Sequence[int]]
    counts: Counter[str]  # documents of each category, deleted ones too
    vocabulary: Mapping[str, int]  # words as written, and how many documents have them
    _orders: dict[Sort, list[tuple[tuple[float, ...], int]]] = field(default_factory=dict)

    def match(self, number: int, score: float = 0.0) -> ranking.Match:
        """The document as a value for ranking."""
        return ranking.Match(
            number=number,
            score=score,
            category=self.category[number],
            downloads=self.downloads[number],
            rating=self.rating[number],
            created=self.created[number],
            updated=self.updated[number],
        )

    def in_order(self, sort: Sort) -> list[tuple[tuple[float, ...], int]]:
        """All documents, deleted ones too, sorted by ``sort`` with score 0: (key, number)."""
        order = self._orders.get(sort)
        if order is None:
            key = ranking.ORDERS[sort]
            numbers = range(len(self.category))
            order = sorted((key(self.match(number)), number) for number in numbers)
            self._orders[sort] = order
        return order


_read: dict[str, Columns] = {}


def columns_of(reader: Any) -> Columns:
    """The values of the segment that ``reader`` reads."""
    segment = reader.segment().segment_id()
    columns = _read.get(segment)
    if columns is None:
        if len(_read) >= MOST_SEGMENTS:
            _read.clear()
        category = [value.decode() for value in _column(reader, "category")]
        columns = _read[segment] = Columns(
            category=category,
            downloads=_column(reader, "downloads"),
            rating=_column(reader, "rating"),
            created=_column(reader, "created"),
            updated=_column(reader, "updated"),
            lengths={name: _lengths(reader, name) for name in ranking.BOOSTS},
            counts=Counter(category),
            vocabulary=_vocabulary(reader),
        )
    return columns


def _column(reader: Any, name: str) -> list[Any]:
    column = reader.column_reader(name, translate=False)
    return [column[number] for number in range(reader.doc_count_all())]


def _lengths(reader: Any, name: str) -> list[int]:
    """The length of a field in each document, in words; Whoosh stores it approximately."""
    column = length_column(reader, name)
    count = reader.doc_count_all()
    if column is None:
        return [1] * count
    return [LENGTHS[column[number]] or 1 for number in range(count)]


def _vocabulary(reader: Any) -> dict[str, int]:
    return {word.decode(): info.doc_frequency() for word, info in reader.iter_field("vocabulary")}
