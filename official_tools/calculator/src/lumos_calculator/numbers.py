"""Numbers that stay exact as long as they can, and the arithmetic on them.

A value is a Fraction while it is exact and a Decimal once it is not; a Decimal is computed in the
current decimal context, whose precision the evaluator sets.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from lumos_calculator.errors import CalculationError

__all__ = [
    "MAX_BITS",
    "MAX_DIGITS",
    "Value",
    "add",
    "approximate",
    "bounded",
    "divide",
    "floor_divide",
    "integer",
    "magnitude",
    "modulo",
    "multiply",
    "power",
    "root",
    "subtract",
    "too_large",
]

Value = Fraction | Decimal

MAX_DIGITS = 3900
MAX_BITS = 12_955


def approximate(value: Value) -> Decimal:
    """The value as a Decimal of the current precision."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value.numerator) / Decimal(value.denominator)


def too_large() -> CalculationError:
    """The error for a number that would fill the memory."""
    return CalculationError(
        f"A number on the way has more than {MAX_DIGITS:,} digits, which would take too long. "
        "Use smaller exponents or factorials, or work with logarithms."
    )


def bounded(value: Fraction) -> Fraction:
    """The value itself; raises CalculationError if it has too many digits."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise too_large()
    return value


def integer(value: Value, name: str) -> int:
    """The value as an int; raises CalculationError if it is not an exact whole number."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    raise CalculationError(
        f"{name} needs whole numbers, but it was given one with a fractional part or one that is "
        "only known approximately. Use round(x), floor(x) or ceil(x) first."
    )


def magnitude(value: Value) -> Value:
    """The absolute value."""
    return -value if value < 0 else value


def add(a: Value, b: Value) -> Value:
    """The sum, exact if both are."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return bounded(a + b)
    return approximate(a) + approximate(b)


def subtract(a: Value, b: Value) -> Value:
    """The difference, exact if both are."""
    return add(a, -b)


def multiply(a: Value, b: Value) -> Value:
    """The product, exact if both are."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return bounded(a * b)
    return approximate(a) * approximate(b)


def divide(a: Value, b: Value) -> Value:
    """The quotient, exact if both are; raises CalculationError for a division by zero."""
    if not b:
        raise CalculationError(
            "The expression divides by zero, which has no result. Check the divisor."
        )
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return bounded(a / b)
    return approximate(a) / approximate(b)


def floor_divide(a: Value, b: Value) -> Value:
    """The quotient rounded down to a whole number."""
    quotient = divide(a, b)
    if isinstance(quotient, Fraction):
        return Fraction(quotient.__floor__())
    return Fraction(int(quotient.to_integral_value("ROUND_FLOOR")))


def modulo(a: Value, b: Value) -> Value:
    """What floor division leaves; it has the sign of ``b``."""
    return subtract(a, multiply(b, floor_divide(a, b)))


def power(base: Value, exponent: Value) -> Value:
    """``base`` to the ``exponent``, exact where the result is rational and not too long."""
    if not base and exponent < 0:
        raise CalculationError("Zero has no negative power. Check the base of that power.")
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        exact = _exact_power(base, exponent)
        if exact is not None:
            return exact
    whole = isinstance(exponent, Fraction) and exponent.denominator == 1
    if base < 0 and not whole:
        raise CalculationError(
            "A negative number to a fractional power has no real result. "
            "For odd roots use cbrt(x) or root(x, n)."
        )
    return approximate(base) ** approximate(exponent)


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if exponent.denominator != 1:
        if base < 0 or exponent.denominator > MAX_DIGITS:
            return None
        rooted = _exact_root(base, exponent.denominator)
        return None if rooted is None else _exact_power(rooted, Fraction(exponent.numerator))
    if not exponent:
        return Fraction(1)
    if base in (0, 1, -1):
        return base if exponent.numerator % 2 else base * base
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits * abs(exponent.numerator) > MAX_BITS:
        return None
    result = base**exponent.numerator
    return Fraction(result)


def root(value: Value, degree: int) -> Value:
    """The real root of ``degree`` >= 1; of a negative number only if the degree is odd."""
    if value < 0:
        if degree % 2 == 0:
            raise CalculationError(
                f"A negative number has no real root of even degree {degree}. "
                "Check the sign of what stands under the root."
            )
        return -root(-value, degree)
    if isinstance(value, Fraction):
        exact = _exact_root(value, degree)
        if exact is not None:
            return exact
    if degree == 2:
        return approximate(value).sqrt()
    return approximate(value) ** (Decimal(1) / Decimal(degree)) if value else value


def _exact_root(value: Fraction, degree: int) -> Fraction | None:
    top = _integer_root(value.numerator, degree)
    bottom = _integer_root(value.denominator, degree)
    if top**degree == value.numerator and bottom**degree == value.denominator:
        return Fraction(top, bottom)
    return None


def _integer_root(number: int, degree: int) -> int:
    """The largest integer whose power ``degree`` is at most ``number`` >= 0, by Newton's method."""
    if number < 2:
        return number
    guess = 1 << -(-number.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better
