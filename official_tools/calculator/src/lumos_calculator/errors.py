"""The one error of the calculator."""

from __future__ import annotations

__all__ = ["CalculationError", "needs"]


class CalculationError(ValueError):
    """An expression that has no value here; the message says what, why and what to try."""


def needs(condition: bool, message: str) -> None:
    """Raise CalculationError with ``message`` unless ``condition`` holds."""
    if not condition:
        raise CalculationError(message)
