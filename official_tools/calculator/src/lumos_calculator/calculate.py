"""The function: an expression in, its value as text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from lumos_calculator.evaluate import settle
from lumos_calculator.formats import as_decimal, as_fraction, as_scientific
from lumos_calculator.numbers import Value
from lumos_calculator.parser import parse

__all__ = ["MAX_PRECISION", "Calculation", "calculator"]

MAX_PRECISION = 100

_FORMATS: Mapping[str, Callable[[Value, int], str]] = {
    "decimal": as_decimal,
    "scientific": as_scientific,
    "fraction": as_fraction,
}


@dataclass(frozen=True)
class Calculation:
    """The value of an expression.

    Attributes:
        expression: The expression as it was given.
        result: Its value as text, so that no digit is lost.
        exact: True if ``result`` is the value itself, false if it is rounded.
    """

    expression: str
    result: str
    exact: bool


def calculator(
    expression: str,
    precision: int = 10,
    format: Literal["decimal", "scientific", "fraction"] = "decimal",
) -> Calculation:
    """Evaluate a mathematical expression.

    Fractions and decimals are exact (0.1 + 0.2 is 0.3); roots, logarithms and angles are computed
    with as many digits as it takes to make every digit of the result correct. Known are
    + - * / // % ^ (or **) ! and parentheses, the constants pi, tau, e and phi, and functions such
    as sqrt, root, exp, ln, log10, log(x, base), sin, cos, tan, atan2, factorial, comb, gcd, round,
    min and max. Angles are in radians; log(x) with one argument is the natural logarithm.

    Args:
        expression: The expression, such as "2 * (3 + 4)^2 / sqrt(2)", at most 2000 characters.
        precision: How many digits stand behind the point at most, from 0 to 100; in the fraction
            format of an irrational value, how many digits the denominator has at most.
        format: "decimal" for 1234.5, "scientific" for 1.2345e+3, "fraction" for 2469/2.

    Returns:
        The value as text, and whether it is exact.

    Raises:
        ValueError: The expression cannot be read, a name is unknown, there is no real result, or
            a number on the way grows beyond 3900 digits.
    """
    if not 0 <= precision <= MAX_PRECISION:
        raise ValueError(
            f"precision is {precision}, but it must lie between 0 and {MAX_PRECISION}. "
            "Leave it out for 10."
        )
    if format not in _FORMATS:
        raise ValueError(
            f"The format {format!r} is not known. Choose decimal, scientific or fraction."
        )

    def write(value: Value) -> str:
        return _FORMATS[format](value, precision)

    digits = (2 if format == "fraction" else 1) * precision + 5
    value, result = settle(parse(expression), digits, write, relative=format == "scientific")
    return Calculation(
        expression, result, isinstance(value, Fraction) and Fraction(result) == value
    )
