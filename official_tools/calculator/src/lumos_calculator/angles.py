"""Angles, their functions, and the hyperbolic ones; angles are in radians."""

from __future__ import annotations

from decimal import Underflow, localcontext
from fractions import Fraction

from lumos_calculator import numbers
from lumos_calculator.errors import needs
from lumos_calculator.numbers import Value, approximate
from lumos_calculator.series import arctangent as arctangent_series
from lumos_calculator.series import pi, sine_cosine

__all__ = [
    "arccosine",
    "arcsine",
    "arctangent",
    "arctangent2",
    "area_cosine",
    "area_sine",
    "area_tangent",
    "circular",
    "degrees",
    "hyperbolic",
    "hyperbolic_tangent",
    "radians",
    "tangent",
]


def circular(value: Value, index: int) -> Value:
    """The sine (``index`` 0) or the cosine (1)."""
    if not value:
        return Fraction(index)
    return sine_cosine(approximate(value))[index]


def tangent(value: Value) -> Value:
    """Sine over cosine; raises CalculationError at a pole."""
    if not value:
        return Fraction(0)
    sine, cosine = sine_cosine(approximate(value))
    return numbers.divide(sine, cosine)


def arcsine(value: Value) -> Value:
    """The angle from -pi/2 to pi/2 whose sine is ``value``."""
    needs(
        numbers.magnitude(value) <= 1, "asin needs a number between -1 and 1. Check its argument."
    )
    if not value:
        return value
    if numbers.magnitude(value) == 1:
        return pi() / 2 * int(value)
    x = approximate(value)
    return arctangent_series(x / ((1 - x) * (1 + x)).sqrt())


def arccosine(value: Value) -> Value:
    """The angle from 0 to pi whose cosine is ``value``."""
    needs(
        numbers.magnitude(value) <= 1, "acos needs a number between -1 and 1. Check its argument."
    )
    if value == 1:
        return Fraction(0)
    if value == -1:
        return pi()
    x = approximate(value)
    return 2 * arctangent_series(((1 - x) / (1 + x)).sqrt())


def arctangent2(y: Value, x: Value) -> Value:
    """The angle of the point (``x``, ``y``), in the right quadrant."""
    needs(bool(x) or bool(y), "atan2(0, 0) has no direction. Check its arguments.")
    if not y and x > 0:
        return Fraction(0)
    if not x:
        return pi() / 2 * (1 if y > 0 else -1)
    angle = arctangent_series(approximate(y) / approximate(x))
    return angle if x > 0 else angle + (pi() if y >= 0 else -pi())


def hyperbolic(value: Value, index: int) -> Value:
    """The hyperbolic sine (``index`` 0) or cosine (1)."""
    if not value:
        return Fraction(index)
    x = approximate(value)
    grow, fade = x.exp(), (-x).exp()
    return (grow + fade) / 2 if index else (grow - fade) / 2


def hyperbolic_tangent(value: Value) -> Value:
    """Between -1 and 1, also for large values."""
    if not value:
        return Fraction(0)
    with localcontext() as context:
        context.traps[Underflow] = False
        fade = (-2 * approximate(numbers.magnitude(value))).exp()
    result = (1 - fade) / (1 + fade)
    return -result if value < 0 else result


def area_sine(value: Value) -> Value:
    """The inverse of the hyperbolic sine."""
    x = approximate(numbers.magnitude(value))
    result = (x + (x * x + 1).sqrt()).ln()
    return -result if value < 0 else result


def area_cosine(value: Value) -> Value:
    """The inverse of the hyperbolic cosine, for ``value`` >= 1."""
    needs(value >= 1, "acosh needs a number of at least 1. Check its argument.")
    x = approximate(value)
    return (x + (x * x - 1).sqrt()).ln()


def area_tangent(value: Value) -> Value:
    """The inverse of the hyperbolic tangent, for values between -1 and 1."""
    needs(
        numbers.magnitude(value) < 1, "atanh needs a number between -1 and 1. Check its argument."
    )
    x = approximate(value)
    return ((1 + x) / (1 - x)).ln() / 2


def arctangent(value: Value) -> Value:
    """The angle between -pi/2 and pi/2 whose tangent is ``value``."""
    return arctangent_series(approximate(value)) if value else value


def degrees(value: Value) -> Value:
    """An angle in radians as degrees."""
    return numbers.divide(numbers.multiply(value, Fraction(180)), pi())


def radians(value: Value) -> Value:
    """An angle in degrees as radians."""
    return numbers.divide(numbers.multiply(value, pi()), Fraction(180))
