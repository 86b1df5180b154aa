"""Generates the schemas of one function with the MCP SDK."""

from __future__ import annotations

import inspect
import json
import typing
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from .findings import DescriptionRefused, Subject
from .keeping import not_kept, result_not_kept
from .texts import annotated_text, has_description, read_docstring

HINTS = ("read_only", "destructive", "idempotent", "open_world", "deterministic")


def generate(
    subject: Subject, types: Mapping[str, Any], hints: Mapping[str, Any]
) -> dict[str, Any]:
    """The function's entry in ``functions.json``; raises DescriptionRefused."""
    description, descriptions = read_docstring(inspect.unwrap(subject.function).__doc__ or "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = input_schema(subject, documented(subject.function, types, descriptions), types)
        returned, wrapped = output_schema(subject, types["return"])
    try:
        json.dumps([given, returned], allow_nan=False)
    except ValueError as error:
        raise DescriptionRefused([without_json(subject, error)]) from error
    return {
        "name": subject.name,
        "description": description,
        "input_schema": given,
        "output_schema": returned,
        "hints": {name: bool(hints[name]) for name in HINTS if hints.get(name) is not None},
        "wrapped": wrapped,
    }


def input_schema(
    subject: Subject, stand_in: Callable[..., Any], types: Mapping[str, Any]
) -> dict[str, Any]:
    """The schema of the arguments, as MCP's SDK makes it of the signature."""
    from mcp.server.mcpserver.tools.base import Tool  # noqa: PLC0415 - takes over a second to import

    from .sdk import TrueSchema  # noqa: PLC0415 - as above

    try:
        tool = Tool.from_function(stand_in, name=subject.name, structured_output=False)
        model = tool.fn_metadata.arg_model
        schema: dict[str, Any] = model.model_json_schema(schema_generator=TrueSchema)
    except Exception as error:
        raise DescriptionRefused([parameter_without_schema(subject, types, error)]) from error
    return schema


def output_schema(subject: Subject, hint: Any) -> tuple[dict[str, Any], bool]:
    """The schema of what is sent, and whether MCP wraps the value to make it an object."""
    from mcp.server.mcpserver.utilities import func_metadata  # noqa: PLC0415 - as above
    from pydantic import TypeAdapter, create_model  # noqa: PLC0415 - as above

    from .sdk import TrueResultSchema  # noqa: PLC0415 - as above

    def schema_of(model: Any) -> dict[str, Any]:
        readable = func_metadata._pydantic_readable_typeddict(model)
        adapter: Any = TypeAdapter(readable)
        schema = adapter.json_schema(mode="serialization", schema_generator=TrueResultSchema)
        return func_metadata._inline_root_ref(schema)

    name = subject.function.__name__
    try:
        own = own_schema(hint, schema_of)
        if own is not None and own.get("type") == "object" and not is_root_model(bare(hint)):
            return own, False
        if own is not None:
            return schema_of(create_model(f"{name}Output", result=hint)), True
        model, wrapped = func_metadata._create_output_model(hint, bare(hint), name)
        if model is not None:
            return schema_of(model), wrapped
    except Exception as error:
        raise DescriptionRefused([result_without_schema(subject, hint, error)]) from error
    raise DescriptionRefused([no_result_schema(subject, hint, "has no JSON Schema")])


def own_schema(hint: Any, schema_of: Callable[[Any], dict[str, Any]]) -> dict[str, Any] | None:
    """The schema of a class that pydantic knows; None for other hints, as MCP reads those."""
    from pydantic import PydanticUserError  # noqa: PLC0415 - as above

    kind = bare(hint)
    is_class = isinstance(kind, type) and typing.get_origin(kind) is None
    if not is_class or kind.__module__ in ("builtins", "collections"):
        return None
    try:
        return schema_of(hint)
    except PydanticUserError:
        return None


def bare(hint: Any) -> Any:
    return hint.__origin__ if typing.get_origin(hint) is typing.Annotated else hint


def is_root_model(kind: Any) -> bool:
    return bool(getattr(kind, "__pydantic_root_model__", False))


def documented(
    function: Callable[..., Any], types: Mapping[str, Any], descriptions: Mapping[str, str]
) -> Callable[..., Any]:
    """A function with the same signature whose parameters have descriptions attached.

    The author's own words in the annotation go before those in the docstring.
    """
    from pydantic import Field  # noqa: PLC0415 - as in generate

    def stand_in(**arguments: Any) -> None:
        raise NotImplementedError

    signature = inspect.signature(function)
    hints = dict(types)
    for name in signature.parameters:
        text = annotated_text(hints[name]) or descriptions.get(name, "")
        if text and not has_description(hints[name]):
            hints[name] = Annotated[hints[name], Field(description=text)]
    stand_in.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[p.replace(annotation=hints[n]) for n, p in signature.parameters.items()],
        return_annotation=hints["return"],
    )
    stand_in.__name__, stand_in.__annotations__ = function.__name__, hints
    return stand_in


def parameter_without_schema(
    subject: Subject, types: Mapping[str, Any], error: Exception
) -> dict[str, Any]:
    """The finding for the first parameter that has no JSON Schema."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - as in generate

    for name in inspect.signature(subject.function).parameters:
        try:
            TypeAdapter(types[name]).json_schema()
        except Exception as cause:
            return no_schema(
                subject, name, types[name], f"has no JSON Schema ({first_line(cause)})"
            )
    names = ", ".join(inspect.signature(subject.function).parameters)
    return subject.finding(
        "schema/parameter-without-schema",
        f"has parameters that have no JSON Schema together ({names}): {first_line(error)}.",
        "Take a string, a number, a list, an enum or a dataclass of these.",
    )


def no_schema(subject: Subject, name: str, hint: Any, reason: str) -> dict[str, Any]:
    """The finding for a parameter whose type JSON cannot give."""
    return subject.finding(
        "schema/parameter-without-schema",
        f"has the parameter {name}, whose type {type_text(hint)} {reason}.",
        "Take a string, a number, a list, an enum or a dataclass of these.",
        name,
    )


def result_without_schema(subject: Subject, hint: Any, error: Exception) -> dict[str, Any]:
    detail = "" if "not serializable" in str(error) else f" ({first_line(error)})"
    return no_result_schema(subject, hint, f"has no JSON Schema{detail}")


def no_result_schema(subject: Subject, hint: Any, reason: str) -> dict[str, Any]:
    """The finding for a result whose type JSON cannot give."""
    return subject.finding(
        "schema/result-without-schema",
        f"returns {type_text(hint)}, which {reason}.",
        "Return a dataclass, or name the types inside: `dict[str, int]`, `list[Row]`.",
    )


def kept_findings(subject: Subject, types: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A finding for each type whose values a call could not keep, though it has a schema."""
    for name in inspect.signature(subject.function).parameters:
        if reason := not_kept(types[name]):
            yield no_schema(subject, name, types[name], f"cannot be kept: {reason}")
    if reason := result_not_kept(types["return"]):
        yield no_result_schema(subject, types["return"], f"cannot be kept: {reason}")


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
