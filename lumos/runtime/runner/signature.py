"""How a function is called from JSON: by pydantic where the tool uses it, else by our converters.

Both read the same type hints and keep the same contract (``tests/sandbox/test_signatures.py``).
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from .converters import Converters
from .errors import Refused, check_names, missing
from .hints import Unsupported, hints_of
from .results import jsonable


class Signature(Protocol):
    """The two converters of a function; both raise :class:`Refused`."""

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The keyword arguments for the JSON object ``values``."""

    def result(self, value: Any) -> Any:
        """The function's result as JSON."""


class StandardSignature:
    """Converts with the standard library alone. Raises Unsupported for a type it cannot give."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.parameters = inspect.signature(function).parameters
        hints, converters = hints_of(function), Converters()
        self.converters = {n: converters.of(hints.get(n, Any)) for n in self.parameters}

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        check_names(values, list(self.parameters))
        for name, parameter in self.parameters.items():
            if parameter.default is parameter.empty and name not in values:
                raise missing(name)
        return {
            name: self.converters[name](value, f"The argument {name}", False)
            for name, value in values.items()
        }

    def result(self, value: Any) -> Any:
        return jsonable(value)


class Unusable:
    """A function whose types cannot be converted; calling it says why."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        raise Refused("arguments", f"The function cannot be called: {self.error}.")

    def result(self, value: Any) -> Any:
        return jsonable(value)


def signature_of(function: Callable[..., Any]) -> Signature:
    """The converters of ``function``, decided after its module was imported."""
    if "pydantic" in sys.modules:
        try:
            found: Signature = importlib.import_module(
                ".withpydantic", __package__
            ).PydanticSignature(function)
        except Exception:  # noqa: S110 - such as an old pydantic, or a TypedDict that it cannot read
            pass
        else:
            return found
    try:
        return StandardSignature(function)
    except (Unsupported, NameError, TypeError, AttributeError) as error:
        return Unusable(error)
