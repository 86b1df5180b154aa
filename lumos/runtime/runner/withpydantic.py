"""The converters of a tool that uses pydantic: what its own pydantic makes of its type hints."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pydantic

from .errors import Refused, check_names, missing
from .hints import hints_of
from .results import jsonable

MAX_PROBLEMS = 5
TAKES_EXTRA = "extra" in inspect.signature(pydantic.TypeAdapter.validate_json).parameters


class PydanticSignature:
    """Converts with one model of all arguments and an adapter of the result."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.parameters = inspect.signature(function).parameters
        hints = hints_of(function)
        fields = {name: field_name(name) for name in self.parameters}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.model = arguments_model(self.parameters, hints, fields)
            self.adapter = pydantic.TypeAdapter(hints["return"]) if "return" in hints else None
        self.fields = fields
        self.options = closed(self.model.__pydantic_core_schema__)
        self.names = [wire_name(self.model.model_fields[field]) for field in fields.values()]

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        try:
            found = self.model.model_validate_json(json.dumps(values), **self.options)
        except pydantic.ValidationError as error:
            check_names(values, self.names)
            raise refused(error, "The argument {}") from error
        return {
            name: getattr(found, field)
            for name, field in self.fields.items()
            if field in found.model_fields_set or not self.has_default(name)
        }

    def has_default(self, name: str) -> bool:
        """Whether Python itself gives a missing argument its value."""
        default = self.parameters[name].default
        return default is not inspect.Parameter.empty and not is_field(default)

    def result(self, value: Any) -> Any:
        if self.adapter is None:
            return jsonable(value)
        try:
            found = self.adapter.dump_python(value, mode="json", by_alias=True, warnings="error")
        except pydantic.PydanticUserError:
            raise
        except (TypeError, ValueError):  # another type than it says: the schema decides
            return jsonable(value)
        return jsonable(found)


def arguments_model(
    parameters: Mapping[str, inspect.Parameter], hints: Mapping[str, Any], fields: Mapping[str, str]
) -> Any:
    names = {field: name for name, field in fields.items()}
    config = pydantic.ConfigDict(
        extra="forbid", arbitrary_types_allowed=True, alias_generator=lambda f: names.get(f, f)
    )
    definitions: dict[str, Any] = {}
    for name, parameter in parameters.items():
        hint, own = hints.get(name, Any), parameter.default is not parameter.empty
        definitions[fields[name]] = (hint, parameter.default) if own else hint
    return pydantic.create_model("Arguments", __config__=config, **definitions)


def field_name(name: str) -> str:
    """The model's field of a parameter, which may be named like an attribute of every model."""
    return f"field_{name}" if hasattr(pydantic.BaseModel, name) else name


def wire_name(field: Any) -> str:
    alias = field.validation_alias
    return alias if isinstance(alias, str) else field.alias or str(alias)


def is_field(default: Any) -> bool:
    return isinstance(default, pydantic.fields.FieldInfo)


def closed(schema: Any) -> dict[str, Any]:
    """The option that refuses keys a class does not have, unless a class of the tool allows any."""
    return {"extra": "forbid"} if TAKES_EXTRA and not allows_more(schema) else {}


def allows_more(schema: Any) -> bool:
    if isinstance(schema, Mapping):
        marks = (schema.get("extra_behavior"), schema.get("extra_fields_behavior"))
        return "allow" in marks or any(map(allows_more, schema.values()))
    return isinstance(schema, list | tuple) and any(map(allows_more, schema))


def validator(hint: Any) -> Callable[[Any, str], Any]:
    """The converter of a single type."""
    adapter: Any = pydantic.TypeAdapter(hint)
    options = closed(adapter.core_schema)

    def validate(value: Any, where: str) -> Any:
        try:
            return adapter.validate_json(json.dumps(value), **options)
        except pydantic.ValidationError as error:
            raise refused(error, where) from error

    return validate


def refused(error: Any, where: str) -> Refused:
    """The first problems that pydantic found, one sentence each."""
    problems = error.errors(include_url=False)[:MAX_PROBLEMS]
    return Refused("arguments", " ".join(dict.fromkeys(sentence(p, where) for p in problems)))


def sentence(problem: Mapping[str, Any], where: str) -> str:
    path = list(problem["loc"])
    if "{}" in where:
        first = str(path.pop(0)) if path else ""
        where = where.format(first)
        if problem["type"] == "missing" and not path:
            return str(missing(first))
    place = where + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    shown = json.dumps(problem["input"], default=str)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    message = str(problem["msg"]).removeprefix("Input ")
    joined = f"{place} {message}" if message != problem["msg"] else f"{place}: {message}"
    return f"{joined}, but it is {shown}."
