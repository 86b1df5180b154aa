"""Circle functions for Decimals, which the standard library lacks.

Each result has the precision of the current context, but for the last two digits or so; the
evaluator works with guard digits.
"""

from __future__ import annotations

from decimal import Decimal, getcontext, localcontext
from functools import lru_cache

from lumos_calculator.errors import CalculationError

__all__ = ["arctangent", "pi", "sine_cosine"]

_LARGEST_ANGLE_EXPONENT = 50


def pi() -> Decimal:
    """The number pi in the current precision."""
    return +_pi(getcontext().prec + 5)


@lru_cache(maxsize=32)
def _pi(digits: int) -> Decimal:
    """Machin's formula of 1706 in integers: pi / 4 = 4 atan(1/5) - atan(1/239)."""
    one = 10 ** (digits + 10)
    total = 4 * (4 * _inverse_arctangent(5, one) - _inverse_arctangent(239, one))
    return Decimal(total).scaleb(-(digits + 10))


def _inverse_arctangent(x: int, one: int) -> int:
    """atan(1/x) times ``one``, by its Taylor series."""
    total = term = one // x
    square, divisor, sign = x * x, 3, -1
    while term:
        term //= square
        total += sign * (term // divisor)
        divisor, sign = divisor + 2, -sign
    return total


def sine_cosine(angle: Decimal) -> tuple[Decimal, Decimal]:
    """The sine and the cosine of an angle in radians."""
    exponent = angle.adjusted()
    if exponent > _LARGEST_ANGLE_EXPONENT:
        raise CalculationError(
            f"An angle is larger than 1e{_LARGEST_ANGLE_EXPONENT}, so that its direction is lost. "
            "Reduce it to one turn first: x % (2*pi)."
        )
    with localcontext() as context:
        context.prec += max(exponent, 0) + 5
        quarter = pi() / 2
        turns = (angle / quarter).to_integral_value()
        rest = angle - turns * quarter
        context.prec -= max(exponent, 0)
        sine, cosine = _taylor(rest, rest), _taylor(rest, Decimal(1))
    quadrant = int(turns) % 4
    if quadrant % 2:
        sine, cosine = cosine, -sine
    return (-sine, -cosine) if quadrant >= 2 else (sine, cosine)


def _taylor(angle: Decimal, term: Decimal) -> Decimal:
    """The Taylor series of the sine (first term ``angle``) or of the cosine (first term 1)."""
    square, index = angle * angle, 2 if term is angle else 1
    total, previous = term, None
    while total != previous:
        previous = total
        term = -term * square / (index * (index + 1))
        total += term
        index += 2
    return total


def arctangent(x: Decimal) -> Decimal:
    """The angle between -pi/2 and pi/2 whose tangent is ``x``."""
    with localcontext() as context:
        context.prec += 5
        if abs(x) > 1:
            half = pi() / 2
            return (half if x > 0 else -half) - arctangent(1 / x)
        for _ in range(3):
            x = x / (1 + (1 + x * x).sqrt())
        return 8 * _arctangent_series(x)


def _arctangent_series(x: Decimal) -> Decimal:
    square, power, divisor = x * x, x, 1
    total, previous = x, None
    while total != previous:
        previous = total
        power, divisor = -power * square, divisor + 2
        total += power / divisor
    return total
