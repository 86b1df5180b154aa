"""Factors, scores and the quality report.

A factor's texts are stored in English. Those without measured values are marked with ``N_`` and
translated by the pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from catalog.shapes import Factor, QualityDocument, Score
from lumos.package.quality import SCORES, TARGETS

__all__ = ["FORMULA_VERSION", "SCORES", "TARGETS", "Factor", "QualityDocument", "Score", "score_of"]

#: Stored with every report. Changes with any factor, weight, curve or target; reports are
#: comparable only if they have the same version.
FORMULA_VERSION = "1.1"


def score_of(key: str, factors: Iterable[Factor]) -> Score:
    """The earned share of all weights times 100, rounded half up; None if nothing was measured."""
    factors = tuple(factors)
    value = None
    if any(factor.measured for factor in factors):
        whole = sum(factor.weight for factor in factors)
        earned = sum(factor.earned or 0.0 for factor in factors)
        value = math.floor(100 * earned / whole + 0.5)
    return Score(key, value, TARGETS[key], factors)
