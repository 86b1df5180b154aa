"""Checks a function's result against its output schema: clients reject one that does not fit."""

from __future__ import annotations

from typing import Any

from lumos.package.functions import FunctionSpec
from lumos.package.schema.validation import OutOfBudgetError, bounded_errors
from lumos.runtime.process import ToolFailed

__all__ = ["checked_result"]

_MAX_MESSAGE = 300


def checked_result(value: Any, spec: FunctionSpec) -> Any:
    """``value``; raises :class:`ToolFailed` if it does not fit.

    The schema is untrusted: a result that would take too long to check is returned unchecked.
    """
    try:
        error = next(bounded_errors(spec.output_value(value), spec.output_schema), None)
    except OutOfBudgetError:
        return value
    if error is None:
        return value
    text = (
        f"{spec.name} returned a value that does not match its output schema: "
        f"{error.message[:_MAX_MESSAGE]}"
    )
    raise ToolFailed("schema", "ResultDoesNotFit", text)
