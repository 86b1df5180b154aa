"""Runs the steps of an expression, again with more digits until the wanted ones hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import (
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Underflow,
    localcontext,
)
from fractions import Fraction

from lumos_calculator import numbers
from lumos_calculator.errors import CalculationError
from lumos_calculator.functions import CONSTANTS, FUNCTIONS, OPERATORS
from lumos_calculator.numbers import Value
from lumos_calculator.parser import Call, Name, Number, Step

__all__ = ["MAX_WORKING_DIGITS", "settle"]

MAX_WORKING_DIGITS = 600
_GUARD = 15


def settle(
    steps: Sequence[Step], digits: int, write: Callable[[Value], str], *, relative: bool
) -> tuple[Value, str]:
    """The value of the steps and how ``write`` shows it, with every digit shown correct.

    An exact value is computed once. Any other is computed with two different numbers of digits,
    from ``digits`` upwards, until both look alike (Ziv's strategy). ``relative`` tells that
    ``write`` shows a number of digits however large the value is. Raises CalculationError.
    """
    value = _run(steps, digits)
    if isinstance(value, Fraction):
        return value, write(value)
    digits += _GUARD if relative else max(value.adjusted(), 0) + _GUARD
    seen: tuple[str, str] | None = None
    while digits <= MAX_WORKING_DIGITS:
        first, second = _run(steps, digits), _run(steps, digits + _GUARD)
        if write(first) == write(second):
            return second, write(second)
        if _vanishes(first, second, digits):
            return second, write(Decimal(0))
        seen = write(_shortened(first, digits)), write(_shortened(second, digits))
        digits *= 2
    if seen and seen[0] == seen[1]:
        return second, seen[1]
    raise CalculationError(
        f"The digits of the result do not settle within {MAX_WORKING_DIGITS} working digits: it is "
        "very large, or lies at a pole or a jump. Try a smaller precision, the scientific format, "
        "or an expression without roots and angles at that place."
    )


def _shortened(value: Value, digits: int) -> Value:
    """Without the last digits, so that a value which is a tie up to rounding errors is a tie."""
    if isinstance(value, Fraction):
        return value
    return Context(prec=digits - _GUARD).plus(value)


def _vanishes(first: Value, second: Value, digits: int) -> bool:
    """Whether a value is nothing but rounding errors, which shrink as digits are added."""
    if isinstance(first, Fraction) or isinstance(second, Fraction):
        return False
    limit = -digits // 2
    small = not first or first.adjusted() < limit
    return small and (not second or second.adjusted() < limit)


def _run(steps: Sequence[Step], digits: int) -> Value:
    context = Context(
        prec=digits,
        Emax=numbers.MAX_DIGITS,
        Emin=-numbers.MAX_DIGITS,
        traps=[Overflow, Underflow, InvalidOperation, DivisionByZero],
    )
    with localcontext(context):
        try:
            return _evaluate(steps)
        except (Overflow, Underflow):
            raise numbers.too_large() from None
        except (InvalidOperation, DivisionByZero):
            raise CalculationError(
                "A function on the way is not defined for its argument. "
                "Check the arguments of logarithms, roots and divisions."
            ) from None


def _evaluate(steps: Sequence[Step]) -> Value:
    stack: list[Value] = []
    for step in steps:
        if isinstance(step, Number):
            stack.append(numbers.bounded(step.value))
        elif isinstance(step, Name):
            stack.append(_constant(step.name))
        else:
            arguments = stack[len(stack) - step.count :]
            del stack[len(stack) - step.count :]
            stack.append(_call(step, arguments))
    return stack.pop()


def _constant(name: str) -> Value:
    if name in CONSTANTS:
        return CONSTANTS[name]()
    if name in FUNCTIONS:
        raise CalculationError(
            f"{name} is a function and needs its argument in parentheses, such as {name}(2)."
        )
    raise _unknown(name, [*CONSTANTS, *FUNCTIONS])


def _call(step: Call, arguments: list[Value]) -> Value:
    if step.name in OPERATORS:
        return OPERATORS[step.name](*arguments)
    function = FUNCTIONS.get(step.name)
    if function is None:
        raise _unknown(step.name, list(FUNCTIONS))
    if not function.least <= len(arguments) <= function.most:
        wanted = f"{function.least}" if function.least == function.most else _span(function)
        raise CalculationError(
            f"{step.name} takes {wanted} argument(s), but {len(arguments)} are given. "
            "Arguments are separated by commas."
        )
    return function.call(*arguments)


def _span(function: tuple[object, int, int]) -> str:
    _, least, most = function
    return f"{least} to {most}"


def _unknown(name: str, known: list[str]) -> CalculationError:
    from difflib import get_close_matches  # noqa: PLC0415 - needed for this message alone

    near = get_close_matches(name.lower(), known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known are: {', '.join(known)}."
    return CalculationError(f"The name {name[:40]!r} is not known. {hint}")
