"""Factors, scores and the report: what the marketplace says a release is worth, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable

from catalog.shapes import Factor, QualityDocument, Score
from lumos.package.quality import SCORES, TARGETS

__all__ = ["FORMULA_VERSION", "SCORES", "TARGETS", "Factor", "QualityDocument", "Score", "score_of"]

#: Stored beside every report. It changes with any factor, weight, curve or target, so that two
#: reports can be compared only if they were computed alike.
FORMULA_VERSION = "1"


def score_of(key: str, factors: Iterable[Factor]) -> Score:
    """Points earned over all weights, rounded half up; None if every factor is unmeasured."""
    factors = tuple(factors)
    value = None
    if any(factor.measured for factor in factors):
        whole = sum(factor.weight for factor in factors)
        earned = sum(factor.earned or 0.0 for factor in factors)
        value = math.floor(100 * earned / whole + 0.5)
    return Score(key, value, TARGETS[key], factors)
