"""Values against schemas that strangers wrote: bounded work, whatever both ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any

from lumos.package.schema.tree import (
    canonical,
    definitions,
    has_reference,
    leads_to_definitions,
    sort_key,
)

__all__ = [
    "TOO_MUCH_WORK",
    "OutOfBudgetError",
    "accepts",
    "bounded_errors",
    "is_repeated_group",
    "value_problems",
]

#: The problem where checking a value was given up.
TOO_MUCH_WORK = "the schema asks for more work than a check may take"

_BUDGET = 50_000
_STEPS_PER_PART = 50
_MAX_PROBLEMS = 20


def value_problems(
    value: Any, schema: Mapping[str, Any], *, formats: Any = None, certain: bool = False
) -> list[str]:
    """Why ``value`` does not fit a checked schema, at most a few sentences; empty if it fits.

    ``formats`` is the jsonschema.FormatChecker to assert formats with; None leaves them out.
    With ``certain``, a pattern that is not tried, because that would take too long, is a problem.
    """
    found: list[str] = []
    _untried.set(False)
    try:
        for error in _errors(value, schema, formats=formats):
            place = "".join(f"[{part!r}]" for part in error.absolute_path)
            found.append(f"value{place}: {error.message[:300]}")
            if len(found) >= _MAX_PROBLEMS:
                break
    except (OutOfBudgetError, ArithmeticError, RecursionError, ValueError):
        found.append(TOO_MUCH_WORK)
    if certain and not found and _untried.get():
        found.append(TOO_MUCH_WORK)
    return found


def accepts(value: Any, schema: Any, root: Any) -> bool | None:
    """Whether a part of a checked document accepts a value; ``None`` where it cannot be told."""
    if isinstance(schema, bool):
        return schema
    found = definitions(root)
    if has_reference(schema) and not (leads_to_definitions(schema) and leads_to_definitions(found)):
        return None
    _untried.set(False)
    try:
        fits = next(_errors(value, {"allOf": [schema], **found}), None) is None
    except (OutOfBudgetError, ArithmeticError, RecursionError, ValueError):
        return None
    return None if _untried.get() else fits


class OutOfBudgetError(Exception):
    """A schema that asks for more work than a check may take."""


def bounded_errors(value: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    """The validator's errors for a value that was not written by who wrote the schema.

    The work is bounded by the size of the value; raises :class:`OutOfBudgetError`, whatever it
    is that the schema does instead of ending. A pattern that may backtrack is not tried.
    """
    try:
        yield from _errors(value, schema, budget=_BUDGET + _STEPS_PER_PART * _parts(value))
    except OutOfBudgetError:
        raise
    except Exception as error:  # whatever a schema that nobody checked makes the validator do
        raise OutOfBudgetError(type(error).__name__) from error


def _parts(value: Any) -> int:
    """How many values lie in a JSON value, itself included."""
    count, waiting = 0, [value]
    while waiting:
        part = waiting.pop()
        count += 1
        if isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return count


_left: ContextVar[int] = ContextVar("_left", default=_BUDGET)
_untried: ContextVar[bool] = ContextVar("_untried", default=False)


def _errors(
    value: Any, schema: Mapping[str, Any], *, budget: int = _BUDGET, formats: Any = None
) -> Iterator[Any]:
    """The validator's errors, found within the budget."""
    _left.set(budget)
    from referencing import Registry  # noqa: PLC0415 - as jsonschema, for the schema's references

    # An empty registry fetches nothing: a reference that leaves the schema is an error.
    validator = _validator_class()(schema, registry=Registry(), format_checker=formats)
    yield from validator.iter_errors(value)


def _spend(amount: int) -> None:
    _left.set(_left.get() - amount)
    if _left.get() < 0:
        raise OutOfBudgetError


@cache
def _validator_class() -> Any:
    """The 2020-12 validator with a budget of steps and without unbounded ones."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - importing it takes a second
    from jsonschema.validators import extend  # noqa: PLC0415

    keywords = dict(Draft202012Validator.VALIDATORS) | {
        "pattern": _pattern,
        "uniqueItems": _unique,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "unevaluatedItems": _never_tried,
        "unevaluatedProperties": _never_tried,
    }
    return extend(Draft202012Validator, {key: _counted(rule) for key, rule in keywords.items()})


def _counted(rule: Any) -> Any:
    def counted(validator: Any, keyword: Any, instance: Any, schema: Any) -> Iterator[Any]:
        _spend(len(keyword) if isinstance(keyword, list) else 1)
        yield from rule(validator, keyword, instance, schema) or ()

    return counted


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if isinstance(instance, str) and _matches(pattern, instance) is False:
        yield ValidationError(f"{instance[:80]!r} does not match {pattern[:80]!r}")


def _unique(_validator: Any, unique: bool, instance: Any, _schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if unique and isinstance(instance, list):
        different = {sort_key(canonical(item, unordered=())) for item in instance}
        if len(different) < len(instance):
            yield ValidationError("the array has an item twice")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _schema: Any
) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    for pattern, part in patterns.items():
        for key, value in instance.items():
            _spend(1)
            if _matches(pattern, key):
                yield from validator.descend(value, part, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, additional: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if not isinstance(instance, dict):
        return
    extra = [key for key in instance if _is_additional(key, schema)]
    if isinstance(additional, dict):
        for key in extra:
            yield from validator.descend(instance[key], additional, path=key)
    elif not additional and extra:
        names = ", ".join(map(repr, extra[:_MAX_PROBLEMS]))
        yield ValidationError(f"there may be nothing called {names}")


def _is_additional(key: str, schema: Mapping[str, Any]) -> bool:
    patterns = schema.get("patternProperties", {})
    _spend(len(patterns))
    return key not in schema.get("properties", {}) and all(
        _matches(pattern, key) is False for pattern in patterns
    )


def _never_tried(*_: Any) -> Iterator[Any]:
    """Keywords that no checked schema has, whose work nobody bounds."""
    _untried.set(True)
    return iter(())


def _matches(pattern: str, text: str) -> bool | None:
    """Whether the pattern is found, ``None`` where finding out may take too long."""
    if _is_cheap(pattern, text):
        return bool(re.search(pattern, text))
    _untried.set(True)
    return None


def _is_cheap(pattern: str, text: str) -> bool:
    """Whether backtracking stays bounded; where it might not, the value is not tried."""
    if is_repeated_group(pattern):
        return len(text) <= 12
    repeats = len(re.findall(r"[*+{?]", pattern))
    return len(text) ** max(1, repeats) <= 10_000_000


def is_repeated_group(pattern: str) -> bool:
    """Whether a group is repeated, which can make backtracking exponential."""
    return bool(re.search(r"\)[*+{?]", pattern))
