"""Score, order and count matches, the same for every engine.

The score is BM25F: a word's weights in the fields of a document are added first and saturated once
afterward, so a word that occurs in five fields does not count as five words. The result is
multiplied with the word's inverse document frequency, so rare words count more than common ones.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from search.engines.base import Query, Sort

#: Weights by the engine's internal number of a document.
Weights = dict[int, float]

#: The weight of a word by field.
BOOSTS: dict[str, float] = {
    "name": 6.0,
    "title": 3.0,
    "keywords": 3.0,
    "functions": 1.5,
    "summary": 1.5,
    "labels": 6.0,
    "readme": 0.3,
}
#: BM25's parameters: the influence of a field's length, and how fast repetitions saturate.
B, K1 = 0.75, 1.2
#: The summed weight at which a word reaches half of its largest score.
HALF = 3.0
SCALE = 10.0
PREFIX_BOOST = 2.0
SHORTEST_PREFIX = 2
#: Points for a name equal to the query, and for a name that begins with it.
EXACT, BEGINS = 1000.0, 25.0
#: Further words of a long query are ignored.
MOST_WORDS = 16
#: Up to ALL_OF words must all occur. Of more words, those that occur must have at least this
#: share of the summed rarity.
ALL_OF, MOST_OF = 2, 0.6


@dataclass(slots=True)
class Match:
    """A document that matches; ``number`` is the engine's internal number of it."""

    number: int
    score: float
    category: str
    downloads: int
    rating: int
    created: int
    updated: int


# With nearly equal scores, the more popular tool comes first.
ORDERS: dict[Sort, Callable[[Match], tuple[float, ...]]] = {
    "relevance": lambda m: (-round(m.score + math.log1p(m.downloads) / 10, 2), -m.updated),
    "downloads": lambda m: (-m.downloads, -m.score),
    "rating": lambda m: (-m.rating, -m.downloads, -m.score),
    "created": lambda m: (-m.created, -m.score),
    "updated": lambda m: (-m.updated, -m.score),
}


def in_field(boost: float, count: float, length: float, average: float) -> float:
    """The weight of a word that occurs ``count`` times in a field of ``length`` words."""
    return boost * (K1 + 1) * count / (count + K1 * (1 - B + B * length / (average or 1)))


def scores(words: Sequence[Weights], total: int) -> Weights:
    """The score of each matching document, of ``total`` documents in the index.

    A document must contain enough of the words (see ALL_OF and MOST_OF). If no document does, one
    word is enough. Words that no document contains are ignored.
    """
    known = [(weights, rarity(weights, total)) for weights in words if weights]
    sums: Weights = {}
    covered: Weights = {}
    for weights, rare in known:
        for number, weight in weights.items():
            sums[number] = sums.get(number, 0.0) + SCALE * rare * weight / (weight + HALF)
            covered[number] = covered.get(number, 0.0) + rare
    needed = sum(rare for _, rare in known) * (1 if len(known) <= ALL_OF else MOST_OF)
    complete = {number: score for number, score in sums.items() if covered[number] >= needed - 1e-9}
    return complete or sums


def rarity(weights: Weights, total: int) -> float:
    """A word's inverse document frequency, in which weights below 1 (READMEs) count partly."""
    having = sum(min(weight, 1.0) for weight in weights.values())
    return math.log1p(max(total - having + 0.5, 0.5) / (having + 0.5))


def page(matches: Sequence[Match], query: Query) -> list[Match]:
    """The matches of one page, in the query's order; ties keep the order of ``matches``."""
    order = ORDERS[query.sort]
    end = query.offset + query.limit
    return heapq.nsmallest(end, matches, key=order)[query.offset :]


def categories(matches: Iterable[Match]) -> dict[str, int]:
    """The number of matches by category, largest first."""
    return dict(Counter(match.category for match in matches).most_common())


def name_points(text: str, spellings: Iterable[str]) -> float:
    """The points of a name with these spellings: EXACT, BEGINS or 0."""
    typed = as_name(text)
    if not typed:
        return 0.0
    worth = (
        EXACT if spelling == typed else BEGINS if spelling.startswith(typed) else 0.0
        for spelling in spellings
    )
    return max(worth, default=0.0)


def as_name(text: str) -> str:
    """The query in the form of a name: ``CSV parser`` becomes ``csv-parser``."""
    return "-".join(text.casefold().split())
