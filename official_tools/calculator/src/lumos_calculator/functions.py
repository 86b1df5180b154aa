"""Every constant, operator and function by its name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from lumos_calculator import angles, numbers
from lumos_calculator.errors import needs
from lumos_calculator.numbers import Value, approximate, bounded, integer
from lumos_calculator.series import pi

__all__ = ["CONSTANTS", "FUNCTIONS", "OPERATORS", "Function"]

_MAX_FACTORIAL = 1400
_MAX_CHOICE = 20_000
_MAX_PLACES = 1000


class Function(NamedTuple):
    """A function and how many arguments it takes, from ``least`` to ``most``."""

    call: Callable[..., Value]
    least: int = 1
    most: int = 1


def _factorial(value: Value) -> Value:
    n = integer(value, "factorial")
    needs(n >= 0, "A negative number has no factorial. Check what stands before the sign !.")
    if n > _MAX_FACTORIAL:
        raise numbers.too_large()
    return Fraction(math.factorial(n))


def _choice(name: str, count: Callable[[int, int], int]) -> Callable[[Value, Value], Value]:
    def call(first: Value, second: Value) -> Value:
        n, k = integer(first, name), integer(second, name)
        needs(n >= 0 and k >= 0, f"{name}(n, k) needs numbers that are not negative.")
        if k > n:
            return Fraction(0)
        picks = min(k, n - k) if name == "comb" else k
        if n > _MAX_CHOICE and picks * n.bit_length() > 2 * _MAX_CHOICE:
            raise numbers.too_large()
        if name == "perm" and k > _MAX_CHOICE:
            raise numbers.too_large()
        return bounded(Fraction(count(n, k)))

    return call


def _folded(name: str, fold: Callable[..., int]) -> Callable[..., Value]:
    return lambda *values: bounded(Fraction(fold(*(integer(value, name) for value in values))))


def _rounded(value: Value, places: Value = Fraction(0)) -> Value:
    """To ``places`` decimals, halves away from zero."""
    digits = integer(places, "round")
    needs(abs(digits) <= _MAX_PLACES, f"round(x, n) takes an n up to {_MAX_PLACES}.")
    scale = Fraction(10) ** digits
    scaled = numbers.multiply(numbers.magnitude(value), scale)
    whole = _floor(numbers.add(scaled, Fraction(1, 2)))
    return numbers.divide(-whole if value < 0 else whole, scale)


def _floor(value: Value) -> Value:
    return numbers.floor_divide(value, Fraction(1))


def _logarithm(value: Value, base: Value | None = None) -> Value:
    needs(value > 0, "The logarithm needs a number greater than zero. Check its argument.")
    if base is None:
        return Fraction(0) if value == 1 else approximate(value).ln()
    needs(base > 0 and base != 1, "The base of a logarithm must be positive and not 1.")
    if base == 10:
        result = approximate(value).log10()
    else:
        result = approximate(value).ln() / approximate(base).ln()
    near = Fraction(int(result.to_integral_value()))
    exact = isinstance(value, Fraction) and isinstance(base, Fraction)
    return near if exact and numbers.power(base, near) == value else result


def _exponential(value: Value) -> Value:
    return approximate(value).exp() if value else Fraction(1)


def _root(value: Value, degree: Value) -> Value:
    n = integer(degree, "root")
    needs(1 <= n <= 1000, "root(x, n) needs a degree n between 1 and 1000.")
    return numbers.root(value, n)


def _sign(value: Value) -> Value:
    return Fraction((value > 0) - (value < 0))


_ANY = 100

CONSTANTS: Mapping[str, Callable[[], Value]] = {
    "pi": pi,
    "π": pi,
    "tau": lambda: 2 * pi(),
    "τ": lambda: 2 * pi(),
    "e": lambda: Decimal(1).exp(),
    "phi": lambda: (1 + Decimal(5).sqrt()) / 2,
}

OPERATORS: Mapping[str, Callable[..., Value]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
    "//": numbers.floor_divide,
    "%": numbers.modulo,
    "^": numbers.power,
    "neg": lambda value: -value,
}

FUNCTIONS: Mapping[str, Function] = {
    "abs": Function(numbers.magnitude),
    "sign": Function(_sign),
    "floor": Function(_floor),
    "ceil": Function(lambda value: -_floor(-value)),
    "trunc": Function(lambda value: _floor(value) if value >= 0 else -_floor(-value)),
    "round": Function(_rounded, 1, 2),
    "min": Function(lambda *values: min(values), 1, _ANY),
    "max": Function(lambda *values: max(values), 1, _ANY),
    "mod": Function(numbers.modulo, 2, 2),
    "gcd": Function(_folded("gcd", math.gcd), 1, _ANY),
    "lcm": Function(_folded("lcm", math.lcm), 1, _ANY),
    "factorial": Function(_factorial),
    "comb": Function(_choice("comb", math.comb), 2, 2),
    "perm": Function(_choice("perm", math.perm), 2, 2),
    "sqrt": Function(lambda value: numbers.root(value, 2)),
    "cbrt": Function(lambda value: numbers.root(value, 3)),
    "root": Function(_root, 2, 2),
    "pow": Function(numbers.power, 2, 2),
    "exp": Function(_exponential),
    "ln": Function(_logarithm),
    "log": Function(_logarithm, 1, 2),
    "log2": Function(lambda value: _logarithm(value, Fraction(2))),
    "log10": Function(lambda value: _logarithm(value, Fraction(10))),
    "hypot": Function(
        lambda a, b: numbers.root(numbers.add(numbers.multiply(a, a), numbers.multiply(b, b)), 2),
        2,
        2,
    ),
    "sin": Function(lambda value: angles.circular(value, 0)),
    "cos": Function(lambda value: angles.circular(value, 1)),
    "tan": Function(angles.tangent),
    "asin": Function(angles.arcsine),
    "acos": Function(angles.arccosine),
    "atan": Function(angles.arctangent),
    "atan2": Function(angles.arctangent2, 2, 2),
    "sinh": Function(lambda value: angles.hyperbolic(value, 0)),
    "cosh": Function(lambda value: angles.hyperbolic(value, 1)),
    "tanh": Function(angles.hyperbolic_tangent),
    "asinh": Function(angles.area_sine),
    "acosh": Function(angles.area_cosine),
    "atanh": Function(angles.area_tangent),
    "degrees": Function(angles.degrees),
    "radians": Function(angles.radians),
}
