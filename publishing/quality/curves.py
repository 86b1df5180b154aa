"""Convert a measured quantity to a share of a factor's points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

__all__ = ["Curve", "median", "percentile", "share"]

#: (quantity, share of the points), sorted by quantity. Between two points, the share is linear in
#: the logarithm of the quantity, so that doubling it costs the same at any scale.
Curve = Sequence[tuple[float, float]]


def share(quantity: float, curve: Curve) -> float:
    """The share, 0 to 1, that ``curve`` gives for ``quantity`` (constant beyond its ends)."""
    first, last = curve[0], curve[-1]
    if quantity <= first[0]:
        return first[1]
    if quantity >= last[0]:
        return last[1]
    for (low, start), (high, end) in pairwise(curve):
        if quantity <= high:
            position = math.log(quantity / low) / math.log(high / low)
            return start + (end - start) * min(1.0, max(0.0, position))
    return last[1]


def percentile(values: Sequence[float], rank: float) -> float:
    """The nearest-rank percentile (``rank`` 0 to 100) of at least one value."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(rank / 100 * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """The median of at least one value."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
