"""How matches are weighed, ordered and counted, the same for every engine.

A word's weight in a document is BM25F's: what it is worth in each field is added up first and
flattened then, so that a word said in five fields is not five words, and a rare word outweighs
a common one wherever it stands.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from search.engines.base import Query, Sort

#: Weights by the engine's own number of a document.
Weights = dict[int, float]

#: What a word is worth where it stands.
BOOSTS: dict[str, float] = {
    "name": 6.0,
    "title": 3.0,
    "keywords": 3.0,
    "functions": 1.5,
    "summary": 1.5,
    "labels": 6.0,
    "readme": 0.3,
}
#: BM25's parameters in a field: how much its length counts, and how soon repeats stop to count.
B, K1 = 0.75, 1.2
#: The weight at which a word counts half of what it can.
HALF = 3.0
SCALE = 10.0
PREFIX_BOOST = 2.0
SHORTEST_PREFIX = 2
#: Points for a name typed in full, and for a name that begins with what was typed.
EXACT, BEGINS = 1000.0, 25.0
#: Further words of a long text are not sought.
MOST_WORDS = 16
#: A document may lack words of a long question, but not what most of its meaning lies in.
ALL_OF, MOST_OF = 2, 0.6


@dataclass(slots=True)
class Match:
    """A document that matches; ``number`` is the engine's own handle for it."""

    number: int
    score: float
    category: str
    downloads: int
    rating: int
    created: int
    updated: int


# Popularity decides between texts that fit about alike.
ORDERS: dict[Sort, Callable[[Match], tuple[float, ...]]] = {
    "relevance": lambda m: (-round(m.score + math.log1p(m.downloads) / 10, 2), -m.updated),
    "downloads": lambda m: (-m.downloads, -m.score),
    "rating": lambda m: (-m.rating, -m.downloads, -m.score),
    "created": lambda m: (-m.created, -m.score),
    "updated": lambda m: (-m.updated, -m.score),
}


def in_field(boost: float, count: float, length: float, average: float) -> float:
    """The weight of a word that stands ``count`` times in a field of ``length`` words."""
    return boost * (K1 + 1) * count / (count + K1 * (1 - B + B * length / (average or 1)))


def scores(words: Sequence[Weights], total: int) -> Weights:
    """The score of each document that answers the question; ``total`` documents there are.

    One or two words must all be there, of more the most telling; only where no document is so
    complete, any word will do. A word that nobody has asks nothing.
    """
    known = [(weights, rarity(weights, total)) for weights in words if weights]
    found: Weights = {}
    covered: Weights = {}
    for weights, rare in known:
        for number, weight in weights.items():
            found[number] = found.get(number, 0.0) + SCALE * rare * weight / (weight + HALF)
            covered[number] = covered.get(number, 0.0) + rare
    needed = sum(rare for _, rare in known) * (1 if len(known) <= ALL_OF else MOST_OF)
    complete = {
        number: score for number, score in found.items() if covered[number] >= needed - 1e-9
    }
    return complete or found


def rarity(weights: Weights, total: int) -> float:
    """How telling a word is (inverse document frequency); a mention in a README counts less."""
    having = sum(min(weight, 1.0) for weight in weights.values())
    return math.log1p(max(total - having + 0.5, 0.5) / (having + 0.5))


def page(matches: Sequence[Match], query: Query) -> list[Match]:
    """The matches of one page, in the query's order; equals keep a fixed order."""
    order = ORDERS[query.sort]
    end = query.offset + query.limit
    return heapq.nsmallest(end, matches, key=order)[query.offset :]


def categories(matches: Iterable[Match]) -> dict[str, int]:
    """How many matches each category has, most first."""
    return dict(Counter(match.category for match in matches).most_common())


def name_points(text: str, spellings: Iterable[str]) -> float:
    """What it is worth that the name, in one of its spellings, is what was typed or begins so."""
    typed = as_name(text)
    if not typed:
        return 0.0
    worth = (
        EXACT if spelling == typed else BEGINS if spelling.startswith(typed) else 0.0
        for spelling in spellings
    )
    return max(worth, default=0.0)


def as_name(text: str) -> str:
    """What was typed, as a name would be written: ``CSV parser`` is ``csv-parser``."""
    return "-".join(text.casefold().split())
