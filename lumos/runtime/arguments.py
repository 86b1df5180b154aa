"""Checks arguments against a function's input schema, with a message for each field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

from lumos.package.schema.validation import OutOfBudgetError, bounded_errors

__all__ = ["argument_problems"]

_TYPES = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters long",
    "maxLength": "at most {} characters long",
    "minItems": "an array of at least {} items",
    "maxItems": "an array of at most {} items",
    "pattern": "a string that matches {}",
    "multipleOf": "a multiple of {}",
}
_MAX_PROBLEMS = 20
_MAX_CHOICES = 50


def argument_problems(arguments: Any, schema: Mapping[str, Any]) -> list[str]:
    """The problems with the arguments, one message for each field; empty if they are valid.

    The schema is untrusted, so the work of validating is limited, as on the server.
    """
    if not isinstance(arguments, dict):
        return [f"The arguments must be a JSON object, but they are {_shown(arguments)}."]
    problems = list(islice(_unknown(arguments, schema), _MAX_PROBLEMS))
    try:
        for error in islice(bounded_errors(arguments, schema), _MAX_PROBLEMS):
            problems += _sentences(error)
    except (OutOfBudgetError, RecursionError):
        problems.append(
            "The arguments cannot be checked: the function's schema is invalid or too complex."
        )
    return list(dict.fromkeys(problems))[:_MAX_PROBLEMS]


def _unknown(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterable[str]:
    known = list(islice(schema.get("properties", {}), _MAX_CHOICES))
    for name in arguments:
        if name not in schema.get("properties", {}):
            near = get_close_matches(name, known, n=1)
            guess = (
                f"did you mean {near[0]}?" if near else f"available: {', '.join(known) or 'none'}."
            )
            yield f"{name}: unknown argument; {guess}"


def _sentences(error: Any) -> list[str]:
    """The messages for one error of the validator."""
    where, keyword, wanted = _path(error.absolute_path), error.validator, error.validator_value
    if keyword == "required":
        return [
            f"{_path([*error.absolute_path, name])}: is required."
            for name in wanted
            if name not in error.instance
        ]
    if keyword == "additionalProperties" and not error.absolute_path:
        return []
    if keyword in ("anyOf", "oneOf"):
        return [_one_of(error, where)]
    if keyword == "type":
        return [f"{where}: must be {_types(wanted)}, but it is {_shown(error.instance)}."]
    if keyword in ("enum", "const"):
        wanted = wanted if keyword == "enum" else [wanted]
        choices = ", ".join(json.dumps(choice)[:200] for choice in wanted[:_MAX_CHOICES])
        more = " and more" if len(wanted) > _MAX_CHOICES else ""
        return [f"{where}: must be one of {choices}{more}, but it is {_shown(error.instance)}."]
    if keyword in _LIMITS:
        limit = _LIMITS[keyword].format(wanted)
        return [f"{where}: must be {limit}, but it is {_shown(error.instance)}."]
    return [f"{where}: {error.message[:300]}."]


def _one_of(error: Any, where: str) -> str:
    """The message for a union: its types if none fits, otherwise the problems of each branch."""
    kinds = [branch.get("type") for branch in error.validator_value]
    if all(isinstance(kind, str) for kind in kinds):
        nested = [inner for inner in error.context if inner.validator != "type"]
        if nested:
            return " Or: ".join(dict.fromkeys(s for inner in nested for s in _sentences(inner)))
        return f"{where}: must be {_types(kinds)}, but it is {_shown(error.instance)}."
    return " Or: ".join(dict.fromkeys(s for inner in error.context for s in _sentences(inner)))


def _types(wanted: Any) -> str:
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    return " or ".join(_TYPES.get(name, name) for name in names)


def _path(path: Iterable[Any]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "The arguments"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
