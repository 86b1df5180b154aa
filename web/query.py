"""Query parameters, declared by views: they are validated and described in the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Invalid

#: Longer numbers are rejected before they are parsed.
_MAX_DIGITS = 9


_OMIT = gettext_lazy("Omit it, or give a value.")


class Parameter(Protocol):
    """One query parameter of a view."""

    @property
    def name(self) -> str:
        """Its name in the URL."""

    @property
    def description(self) -> str:
        """What it does, for the OpenAPI document."""

    @property
    def default(self) -> Any:
        """The value if the parameter is not given."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""

    def read(self, text: str) -> Any:
        """Parse ``text``; raises Invalid, with the parameter's name as its code."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string. It may be empty only if there is no ``pattern``."""

    name: str
    description: str = ""
    default: str | None = None
    pattern: str = ""
    advice: str | Promise = _OMIT

    def schema(self) -> dict[str, Any]:
        """See Parameter.schema."""
        return {"type": "string", **({"pattern": f"^{self.pattern}$"} if self.pattern else {})}

    def read(self, text: str) -> str:
        """See Parameter.read."""
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise _invalid(self.name, text, suggestion=str(self.advice))
        return text


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values."""

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
            advice = _("Use one of: %(choices)s.") % {"choices": ", ".join(self.choices)}
            raise _invalid(self.name, text, suggestion=advice)
        return text


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, with inclusive limits."""

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
        is_number = text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
        if not is_number or not self.minimum <= int(text) <= self.maximum:
            advice = _("Use a whole number from %(minimum)s to %(maximum)s.") % {
                "minimum": self.minimum,
                "maximum": self.maximum,
            }
            raise _invalid(self.name, text, suggestion=advice)
        return int(text)


def read(
    query: QueryDict, declared: Iterable[Parameter], hints: Mapping[str, str]
) -> dict[str, Any]:
    """The value of each declared parameter by name, or its default.

    Raises Invalid for an invalid value, a repeated parameter and an undeclared one. ``hints`` maps
    undeclared names to advice on where to use them.
    """
    known = {parameter.name: parameter for parameter in declared}
    for name, values in query.lists():
        if name not in known:
            raise _unknown(name, list(known), hints.get(name, ""))
        if len(values) > 1:
            raise Invalid(
                name,
                _("'%(name)s' is given %(count)s times.") % {"name": name, "count": len(values)},
                suggestion=_("Give it once."),
            )
    return {
        name: parameter.read(str(query[name])) if name in query else parameter.default
        for name, parameter in known.items()
    }


def _unknown(name: str, known: list[str], hint: str) -> Invalid:
    if known:
        allowed = _("Allowed parameters: %(names)s.") % {"names": ", ".join(known)}
    else:
        allowed = _("This URL has no query parameters.")
    return Invalid(
        "unknown_parameter",
        _("Unknown query parameter '%(name)s'.") % {"name": name[:40]},
        suggestion=f"{allowed} {hint}".strip(),
        extra={"allowed": known},
    )


def _invalid(name: str, text: str, *, suggestion: str) -> Invalid:
    if text:
        detail = _("'%(value)s' is not a valid value of '%(name)s'.") % {
            "value": text[:40],
            "name": name,
        }
    else:
        detail = _("'%(name)s' is empty.") % {"name": name}
    return Invalid(name, detail, suggestion=suggestion)


def _default(value: Any) -> dict[str, Any]:
    return {} if value is None else {"default": value}
