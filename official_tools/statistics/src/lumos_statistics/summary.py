"""The function: numbers in, the wanted measures out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from lumos_statistics.measures import MEASURES, UndefinedError
from lumos_statistics.rounding import rounded
from lumos_statistics.sample import Sample

__all__ = ["MAX_NUMBERS", "MAX_PRECISION", "Operation", "Summary", "statistics"]

MAX_NUMBERS = 100_000
MAX_PRECISION = 15

Operation = Literal[
    "count",
    "sum",
    "min",
    "max",
    "range",
    "mean",
    "geometric_mean",
    "harmonic_mean",
    "median",
    "mode",
    "std_dev",
    "variance",
    "population_std_dev",
    "population_variance",
    "q1",
    "q3",
    "iqr",
    "p90",
    "p95",
    "p99",
    "skewness",
    "kurtosis",
]


@dataclass(frozen=True)
class Summary:
    """What was found out about the numbers.

    Attributes:
        count: How many numbers there are.
        results: The value of each operation; null where it is not defined for these numbers.
        modes: All most frequent numbers, if "mode" was asked for. Empty where each occurs once.
        notes: Why an operation has no value.
    """

    count: int
    results: dict[str, float | None]
    modes: list[float]
    notes: list[str]


def statistics(
    data: list[float],
    operations: tuple[Operation, ...] = ("mean", "median", "mode", "std_dev", "variance"),
    precision: int = 6,
) -> Summary:
    """Compute statistics of a list of numbers.

    Numbers count as the decimals they are written as and are added up exactly, so ten times 0.1
    makes 1. ``std_dev`` and ``variance`` are those of a sample (divided by n - 1); the whole
    population's have ``population_`` before their names. Quartiles and percentiles are linear
    between neighbors, as in spreadsheets and NumPy.

    Args:
        data: The numbers, from 1 to 100000 of them.
        operations: What to compute, in the order of the answer.
        precision: How many decimals the results are rounded to, from 0 to 15.

    Returns:
        The values by the names of the operations.

    Raises:
        ValueError: There are no numbers or too many, one of them is not finite, an operation is
            not known, or the precision is out of bounds.
    """
    _check_precision(precision)
    sample = Sample.of(_check_numbers(data))
    results: dict[str, float | None] = {}
    notes: list[str] = []
    for name in _check_operations(operations):
        try:
            results[name] = rounded(MEASURES[name](sample), precision)
        except UndefinedError as reason:
            results[name] = None
            notes.append(f"{name} {reason}.")
        except OverflowError:
            results[name] = None
            notes.append(f"{name} is too large for a double.")
    modes = [rounded(mode, precision) for mode in sample.modes()] if "mode" in results else []
    return Summary(len(sample), results, modes, notes)


def _check_numbers(data: Sequence[float]) -> Sequence[float]:
    if not 1 <= len(data) <= MAX_NUMBERS:
        raise ValueError(
            f"data has {len(data):,} numbers, but between 1 and {MAX_NUMBERS:,} are needed. "
            "Give at least one number, or a sample of a longer list."
        )
    for position, number in enumerate(data):
        if not _is_finite(number):
            raise ValueError(
                f"data[{position}] is {_short(number)}, but every item must be a finite number of "
                "at most 1.8e308. Remove that item or replace it by a number."
            )
    return data


def _is_finite(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return abs(number) <= sys.float_info.max


def _short(value: object) -> str:
    return "too large" if isinstance(value, int) and value.bit_length() > 1024 else repr(value)[:40]


def _check_operations(operations: Sequence[str]) -> list[str]:
    unknown = [name for name in operations if name not in MEASURES]
    if unknown or not operations:
        what = f"The operation {unknown[0]!r} is not known" if unknown else "No operation is named"
        raise ValueError(f"{what}. Choose from: {', '.join(get_args(Operation))}.")
    return list(dict.fromkeys(operations))


def _check_precision(precision: int) -> None:
    if not 0 <= precision <= MAX_PRECISION:
        raise ValueError(
            f"precision is {precision}, but a double holds between 0 and {MAX_PRECISION} reliable "
            "decimals. Leave it out for 6."
        )
