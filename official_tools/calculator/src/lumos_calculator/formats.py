"""From a value to text: decimal, scientific or a fraction."""

from __future__ import annotations

from fractions import Fraction

from lumos_calculator.numbers import Value

__all__ = ["as_decimal", "as_fraction", "as_scientific"]


def as_decimal(value: Value, precision: int) -> str:
    """At most ``precision`` digits behind the point, halves away from zero, no trailing zeros."""
    exact = Fraction(value)
    scaled = _half_up(abs(exact) * 10**precision)
    whole, part = divmod(scaled, 10**precision)
    sign = "-" if exact < 0 and scaled else ""
    places = f"{part:0{precision}d}".rstrip("0") if precision else ""
    return f"{sign}{whole}{'.' + places if places else ''}"


def as_scientific(value: Value, precision: int) -> str:
    """One digit, at most ``precision`` behind the point, and a power of ten: ``1.5e+3``."""
    exact = Fraction(value)
    if not exact:
        return "0e+0"
    exponent = _exponent(abs(exact))
    scaled = _half_up(abs(exact) / Fraction(10) ** (exponent - precision))
    if scaled >= 10 ** (precision + 1):
        exponent, scaled = exponent + 1, scaled // 10
    digits = str(scaled)
    places = digits[1:].rstrip("0")
    sign = "-" if exact < 0 else ""
    return f"{sign}{digits[0]}{'.' + places if places else ''}e{exponent:+d}"


def as_fraction(value: Value, precision: int) -> str:
    """``3/4`` or ``5``; the nearest one with a denominator up to 10**precision if not exact."""
    exact = (
        value if isinstance(value, Fraction) else Fraction(value).limit_denominator(10**precision)
    )
    return str(exact)


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _exponent(value: Fraction) -> int:
    """The power of ten of the first digit of ``value`` > 0."""
    guess = len(str(value.numerator)) - len(str(value.denominator))
    return guess if value >= Fraction(10) ** guess else guess - 1
