"""From exact fractions to floats of a given number of decimals."""

from __future__ import annotations

import math
from fractions import Fraction

__all__ = ["rounded", "square_root"]

_EXTRA_BITS = 160


def rounded(value: Fraction, precision: int) -> float:
    """``value`` with ``precision`` decimals, halves to the even neighbor.

    Raises OverflowError if it does not fit into a double.
    """
    return float(round(value, precision))


def square_root(value: Fraction) -> Fraction:
    """The square root of ``value`` >= 0: exact if it is rational, else to far more than a double.

    The relative error is below 2**-150.
    """
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if top * top == value.numerator and bottom * bottom == value.denominator:
        return Fraction(top, bottom)
    size = value.numerator.bit_length() - value.denominator.bit_length()
    shift = max(0, _EXTRA_BITS - size // 2)
    scaled = (value.numerator << (2 * shift)) // value.denominator
    return Fraction(math.isqrt(scaled), 1 << shift)
