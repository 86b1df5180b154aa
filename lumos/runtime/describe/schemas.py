"""Generates the schemas of one function with the MCP SDK."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from .findings import DescriptionRefused, Subject

HINTS = ("read_only", "destructive", "idempotent", "open_world")


def generate(
    subject: Subject, types: Mapping[str, Any], hints: Mapping[str, Any]
) -> dict[str, Any]:
    """The function's entry in ``functions.json``; raises DescriptionRefused."""
    from mcp.server.mcpserver.tools.base import Tool  # noqa: PLC0415 - takes over a second to import

    description, descriptions = read_docstring(inspect.unwrap(subject.function).__doc__ or "")
    stand_in = documented(subject.function, types, descriptions)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tool = Tool.from_function(stand_in, name=subject.name, structured_output=True)
    except Exception as error:
        raise DescriptionRefused([without_schema(subject, types, error)]) from error
    try:
        json.dumps([tool.parameters, tool.output_schema], allow_nan=False)
    except ValueError as error:
        raise DescriptionRefused([without_json(subject, error)]) from error
    return {
        "name": subject.name,
        "description": description,
        "input_schema": tool.parameters,
        "output_schema": tool.output_schema,
        "hints": {name: bool(hints[name]) for name in HINTS if hints.get(name) is not None},
        "wrapped": tool.fn_metadata.wrap_output,
    }


def documented(
    function: Callable[..., Any], types: Mapping[str, Any], descriptions: Mapping[str, str]
) -> Callable[..., Any]:
    """A function with the same signature whose parameters have ``descriptions`` attached."""
    from pydantic import Field  # noqa: PLC0415 - as in generate

    def stand_in(**arguments: Any) -> None:
        raise NotImplementedError

    hints = dict(types)
    for name, text in descriptions.items():
        if name in hints and name != "return" and not has_description(hints[name]):
            hints[name] = Annotated[hints[name], Field(description=text)]
    signature = inspect.signature(function)
    stand_in.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[p.replace(annotation=hints[n]) for n, p in signature.parameters.items()],
        return_annotation=hints["return"],
    )
    stand_in.__name__, stand_in.__annotations__ = function.__name__, hints
    return stand_in


def has_description(hint: Any) -> bool:
    return any(getattr(part, "description", None) for part in getattr(hint, "__metadata__", ()))


def read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """The descriptions of the function and of its parameters, from any common docstring style."""
    from docstring_parser import ParseError, parse  # noqa: PLC0415 - as in generate

    try:
        parsed = parse(text)
    except ParseError:
        return inspect.cleandoc(text), {}
    descriptions = {
        parameter.arg_name: " ".join(parameter.description.split())
        for parameter in parsed.params
        if parameter.description
    }
    return (parsed.description or "").strip(), descriptions


def without_schema(subject: Subject, types: Mapping[str, Any], error: Exception) -> dict[str, Any]:
    """The finding for the first part of the signature that has no JSON Schema."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - as in generate

    for name in types.keys() - {"return"}:
        try:
            TypeAdapter(types[name]).json_schema()
        except Exception as cause:
            return subject.finding(
                "schema/parameter-without-schema",
                f"has the parameter {name}, whose type {type_text(types[name])} has no JSON Schema "
                f"({first_line(cause)}).",
                "Take a string, a number, a list, an enum or a dataclass of these.",
                name,
            )
    detail = "" if "not serializable" in str(error) else f" ({first_line(error)})"
    return subject.finding(
        "schema/result-without-schema",
        f"returns {type_text(types['return'])}, which has no JSON Schema{detail}.",
        "Return a dataclass, or name the types inside: `dict[str, int]`, `list[Row]`.",
    )


def without_json(subject: Subject, error: ValueError) -> dict[str, Any]:
    return subject.finding(
        "schema/default-without-json",
        f"has a default value or a limit that JSON cannot represent ({first_line(error)}).",
        "Use None as the default, and put the value in the function's body.",
    )


def type_text(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint)


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
