"""Checks a function's signature: every parameter named and typed, and a result with a type."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from .findings import DescriptionRefused, Subject

VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def type_hints(subject: Subject) -> dict[str, Any]:
    """The evaluated annotations; raises DescriptionRefused if a name in them is unknown."""
    try:
        return typing.get_type_hints(inspect.unwrap(subject.function), include_extras=True)
    except Exception as error:
        refusal = subject.finding(
            "schema/unknown-type",
            f"has a type that cannot be resolved: {error}",
            "Import the type outside `if TYPE_CHECKING:`, or use one of the built-in types.",
        )
        raise DescriptionRefused([refusal]) from error


def parameter_findings(subject: Subject) -> Iterator[dict[str, Any]]:
    for name, parameter in inspect.signature(subject.function).parameters.items():
        if parameter.kind in VARIADIC:
            stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else "**"
            yield subject.finding(
                "schema/variadic-parameter",
                f"takes {stars}{name}, which has no schema.",
                "Name the parameters one by one, or take one `list[...]` or a dataclass.",
                name,
            )
        elif parameter.kind is parameter.POSITIONAL_ONLY:
            yield subject.finding(
                "schema/positional-only-parameter",
                f"takes {name} by position only.",
                "Remove the `/` from the signature.",
                name,
            )
        elif name.startswith("_"):
            yield subject.finding(
                "schema/parameter-name",
                f"has a parameter named {name}.",
                f"Rename it to {name.lstrip('_') or 'value'}.",
                name,
            )


def type_findings(subject: Subject, types: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, parameter in inspect.signature(subject.function).parameters.items():
        if parameter.kind in VARIADIC:
            continue
        if name not in types:
            yield subject.finding(
                "schema/parameter-without-type",
                f"has no type for the parameter {name}.",
                f"Add a type to the parameter, for example `{name}: str`.",
                name,
            )
            continue
        yield from nested_typed_dicts(subject, types[name], f"the parameter {name}", name)
    yield from result_findings(subject, types)


def result_findings(subject: Subject, types: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "return" not in types:
        yield subject.finding(
            "schema/result-without-type",
            "has no return type.",
            "Write `-> SomeDataclass`, `-> list[str]` or another type after the parameters.",
        )
        return
    top_level = is_typing_typed_dict(types["return"])
    inner = typing.get_type_hints(types["return"]).values() if top_level else [types["return"]]
    for hint in inner:
        yield from nested_typed_dicts(subject, hint, "the result")


def nested_typed_dicts(
    subject: Subject, hint: Any, where: str, parameter: str = ""
) -> Iterator[dict[str, Any]]:
    if sys.version_info >= (3, 12):
        return
    for part in walk(hint):
        if is_typing_typed_dict(part):
            yield subject.finding(
                "schema/nested-typed-dict",
                f"uses the typing.TypedDict {part.__name__} in {where}.",
                f"Make {part.__name__} a dataclass (or import TypedDict from typing_extensions).",
                parameter,
            )


def is_typing_typed_dict(hint: Any) -> bool:
    return type(hint).__module__ == "typing" and type(hint).__name__ == "_TypedDictMeta"


def walk(hint: Any, seen: set[int] | None = None) -> Iterator[Any]:
    """``hint`` and every type inside it, through generics and the fields of classes."""
    seen = set() if seen is None else seen
    if id(hint) in seen:
        return
    seen.add(id(hint))
    yield hint
    inner = list(typing.get_args(hint))
    if isinstance(hint, type) and hint.__module__ != "builtins":
        try:
            inner += typing.get_type_hints(hint).values()
        except Exception:
            inner += []
    for part in inner:
        yield from walk(part, seen)
