"""Query parameters: declared once by a view, described by the OpenAPI document, held when read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import QueryDict

from core.errors import Invalid

#: A number of more digits is none that a parameter means.
_MOST_DIGITS = 9


class Parameter(Protocol):
    """One query parameter of a view."""

    @property
    def name(self) -> str:
        """As it is written in the address."""

    @property
    def description(self) -> str:
        """What it decides, for the API's description."""

    @property
    def default(self) -> Any:
        """The value where the parameter is not given."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its value."""

    def read(self, text: str) -> Any:
        """The value that ``text`` stands for; raises Invalid with the name as its code."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words. Without ``pattern`` an empty value is one, too."""

    name: str
    description: str = ""
    default: str | None = None
    pattern: str = ""
    advice: str = "Leave it out, or give a value."

    def schema(self) -> dict[str, Any]:
        """See Parameter.schema."""
        return {"type": "string", **({"pattern": f"^{self.pattern}$"} if self.pattern else {})}

    def read(self, text: str) -> str:
        """See Parameter.read."""
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise _refused(self.name, text, suggestion=self.advice)
        return text


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    name: str
    choices: Sequence[str]
    description: str = ""
    default: str | None = None

    def schema(self) -> dict[str, Any]:
        """See Parameter.schema."""
        return {"type": "string", "enum": list(self.choices), **_default(self.default)}

    def read(self, text: str) -> str:
        """See Parameter.read."""
        if text not in self.choices:
            advice = f"Use one of: {', '.join(self.choices)}."
            raise _refused(self.name, text, suggestion=advice)
        return text


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    name: str
    minimum: int
    maximum: int
    default: int
    description: str = ""

    def schema(self) -> dict[str, Any]:
        """See Parameter.schema."""
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        return {"type": "integer", **limits, **_default(self.default)}

    def read(self, text: str) -> int:
        """See Parameter.read."""
        is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        if not is_number or not self.minimum <= int(text) <= self.maximum:
            advice = f"Use a whole number from {self.minimum} to {self.maximum}."
            raise _refused(self.name, text, suggestion=advice)
        return int(text)


def read(
    query: QueryDict, declared: Iterable[Parameter], hints: Mapping[str, str]
) -> dict[str, Any]:
    """The value of each declared parameter by name, its default where it is not given.

    Raises Invalid for a value that the parameter does not take, a parameter that is given twice,
    and one that is not declared: what is not understood is never ignored. ``hints`` says where
    else an undeclared name is known.
    """
    known = {parameter.name: parameter for parameter in declared}
    for name, values in query.lists():
        if name not in known:
            raise _unknown(name, list(known), hints.get(name, ""))
        if len(values) > 1:
            raise Invalid(
                name, f"'{name}' is given {len(values)} times.", suggestion="Give it once."
            )
    return {
        name: parameter.read(str(query[name])) if name in query else parameter.default
        for name, parameter in known.items()
    }


def _unknown(name: str, known: list[str], hint: str) -> Invalid:
    allowed = f"It takes: {', '.join(known)}." if known else "It takes no query parameters."
    return Invalid(
        "unknown_parameter",
        f"This address has no query parameter '{name[:40]}'.",
        suggestion=f"{allowed} {hint}".strip(),
        extra={"allowed": known},
    )


def _refused(name: str, text: str, *, suggestion: str) -> Invalid:
    said = f"'{text[:40]}' is not a value of '{name}'." if text else f"'{name}' is empty."
    return Invalid(name, said, suggestion=suggestion)


def _default(value: Any) -> dict[str, Any]:
    return {} if value is None else {"default": value}
