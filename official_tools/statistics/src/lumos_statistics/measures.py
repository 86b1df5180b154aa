"""Every measure by its name: what is computed and when it is not defined."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from lumos_statistics.rounding import square_root
from lumos_statistics.sample import Sample

__all__ = ["MEASURES", "UndefinedError"]


class UndefinedError(Exception):
    """The measure has no value for these numbers; the message says why."""


def _mode(sample: Sample) -> Fraction:
    modes = sample.modes()
    if not modes:
        raise UndefinedError("needs a number that occurs more than once")
    return modes[0]


def _variance(sample: Sample) -> Fraction:
    count = len(sample)
    if count < 2:
        raise UndefinedError("needs at least two numbers; population_variance needs one")
    return sample.central_moment(2) * Fraction(count, count - 1)


def _std_dev(sample: Sample) -> Fraction:
    if len(sample) < 2:
        raise UndefinedError("needs at least two numbers; population_std_dev needs one")
    return square_root(_variance(sample))


def _geometric_mean(sample: Sample) -> Fraction:
    if sample.ordered[0] <= 0:
        raise UndefinedError("needs numbers that are all greater than zero")
    try:
        return Fraction(math.exp(sample.logarithm_mean()))
    except OverflowError:
        raise UndefinedError("is too large for a double") from None


def _harmonic_mean(sample: Sample) -> Fraction:
    if sample.ordered[0] <= 0:
        raise UndefinedError("needs numbers that are all greater than zero")
    least = sample.ordered[0]
    inverses = math.fsum(least / unit for unit in sample.units)
    return sample.value(least) * len(sample) / Fraction(inverses)


def _skewness(sample: Sample) -> Fraction:
    spread = sample.central_moment(2)
    if not spread:
        raise UndefinedError("needs numbers that are not all equal")
    return sample.central_moment(3) / (spread * square_root(spread))


def _kurtosis(sample: Sample) -> Fraction:
    spread = sample.central_moment(2)
    if not spread:
        raise UndefinedError("needs numbers that are not all equal")
    return sample.central_moment(4) / spread**2 - 3


MEASURES: Mapping[str, Callable[[Sample], Fraction]] = {
    "count": lambda sample: Fraction(len(sample)),
    "sum": lambda sample: sample.value(sample.total),
    "min": lambda sample: sample.value(sample.ordered[0]),
    "max": lambda sample: sample.value(sample.ordered[-1]),
    "range": lambda sample: sample.value(sample.ordered[-1] - sample.ordered[0]),
    "mean": lambda sample: sample.value(sample.total, len(sample)),
    "geometric_mean": _geometric_mean,
    "harmonic_mean": _harmonic_mean,
    "median": lambda sample: sample.quantile(50),
    "mode": _mode,
    "std_dev": _std_dev,
    "variance": _variance,
    "population_std_dev": lambda sample: square_root(sample.central_moment(2)),
    "population_variance": lambda sample: sample.central_moment(2),
    "q1": lambda sample: sample.quantile(25),
    "q3": lambda sample: sample.quantile(75),
    "iqr": lambda sample: sample.quantile(75) - sample.quantile(25),
    "p90": lambda sample: sample.quantile(90),
    "p95": lambda sample: sample.quantile(95),
    "p99": lambda sample: sample.quantile(99),
    "skewness": _skewness,
    "kurtosis": _kurtosis,
}
