"""A list of numbers held exactly, as integers over one power of ten."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

__all__ = ["Sample"]


@dataclass(frozen=True)
class Sample:
    """Numbers ``units[i] / 10**places``, in the order in which they were given.

    A float counts as the decimal number that it is written as (0.1 is one tenth), so that sums
    and sums of squares are exact integers and no order of adding changes a result.
    """

    units: tuple[int, ...]
    places: int

    @classmethod
    def of(cls, numbers: Iterable[float]) -> Sample:
        """The sample of finite ``numbers``."""
        decimals = [Decimal(str(number)) for number in numbers]
        places = max((-_exponent(number) for number in decimals), default=0)
        places = max(places, 0)
        return cls(tuple(_shift(number, places) for number in decimals), places)

    def __len__(self) -> int:
        return len(self.units)

    def value(self, units: int, divisor: int = 1, power: int = 1) -> Fraction:
        """``units / divisor`` in terms of the numbers themselves, or of their ``power``."""
        return Fraction(units, divisor * 10 ** (self.places * power))

    @cached_property
    def ordered(self) -> list[int]:
        """The units from the smallest to the largest."""
        return sorted(self.units)

    @cached_property
    def total(self) -> int:
        """The sum of the units."""
        return sum(self.units)

    def central_moment(self, power: int) -> Fraction:
        """The mean of the deviations from the mean, each to the ``power``."""
        count = len(self)
        deviations = (count * unit - self.total for unit in self.units)
        return self.value(sum(d**power for d in deviations), count ** (power + 1), power)

    def quantile(self, percent: int) -> Fraction:
        """The value below which ``percent`` of the numbers lie, linear between neighbors.

        Hyndman and Fan's type 7, which NumPy, R and spreadsheets (PERCENTILE.INC) use.
        """
        below, rest = divmod((len(self) - 1) * percent, 100)
        low = self.ordered[below]
        high = self.ordered[below + 1] if rest else low
        return self.value(low * 100 + (high - low) * rest, 100)

    def modes(self) -> list[Fraction]:
        """The most frequent values, in the order in which they first appear.

        None if there are several numbers and each of them occurs once.
        """
        counts: dict[int, int] = {}
        for unit in self.units:
            counts[unit] = counts.get(unit, 0) + 1
        most = max(counts.values())
        if most == 1 and len(self) > 1:
            return []
        return [self.value(unit) for unit, count in counts.items() if count == most]

    def logarithm_mean(self) -> float:
        """The mean of the natural logarithms of positive numbers."""
        shift = self.places * math.log(10)
        return math.fsum(math.log(unit) - shift for unit in self.units) / len(self)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _shift(number: Decimal, places: int) -> int:
    sign, digits, _ = number.as_tuple()
    factor: int = 10 ** (places + _exponent(number))
    whole = int("".join(map(str, digits))) * factor
    return -whole if sign else whole
