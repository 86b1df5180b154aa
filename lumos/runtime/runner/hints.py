"""What a type hint says: its aliases, its fields, and whether pydantic defines it."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Callable
from typing import Any


class Unsupported(Exception):
    """A type that JSON cannot give, or that the runner does not know."""

    def __init__(self, hint: Any) -> None:
        name = hint.__name__ if isinstance(hint, type) else str(hint)
        super().__init__(f"there is no conversion from JSON to {name}")


@dataclasses.dataclass
class Record:
    """The fields of a class that is an object in JSON, and those that must be given."""

    hints: dict[str, Any]
    required: set[str]


def record_of(kind: Any) -> Record | None:
    """The fields of a dataclass, a TypedDict or a NamedTuple; None for another class."""
    if not isinstance(kind, type):
        return None
    if dataclasses.is_dataclass(kind):
        return dataclass_fields(kind)
    if hasattr(kind, "__total__") and hasattr(kind, "__required_keys__"):
        return typed_dict_keys(kind)
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        hints = field_hints(kind)
        names = typing.cast(typing.Any, kind)._fields
        defaults = typing.cast(typing.Any, kind)._field_defaults
        return Record({n: hints.get(n, Any) for n in names}, set(names) - set(defaults))
    return None


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    return typing.get_type_hints(inspect.unwrap(function), include_extras=True)


def field_hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


def dataclass_fields(kind: Any) -> Record:
    hints, empty = field_hints(kind), dataclasses.MISSING
    fields = [
        item
        for item in kind.__dataclass_fields__.values()
        if item.init and typing.get_origin(hints[item.name]) is not typing.ClassVar
    ]
    required = {f.name for f in fields if f.default is empty and f.default_factory is empty}
    return Record({item.name: hints[item.name] for item in fields}, required)


def typed_dict_keys(kind: Any) -> Record:
    hints = field_hints(kind)
    required = set(kind.__required_keys__)
    for name, inner in hints.items():
        if qualifier(inner) == "Required":
            required.add(name)
        elif qualifier(inner) == "NotRequired":
            required.discard(name)
    return Record(hints, required)


def qualifier(hint: Any) -> str:
    return getattr(typing.get_origin(hint), "_name", None) or ""


def alias_value(alias: Any) -> Any:
    """What a named alias stands for, with the names in it resolved where it was written."""
    holder = types.SimpleNamespace(__annotations__={"value": alias.__value__})
    module = sys.modules.get(alias.__module__ or "")
    names = vars(module) if module else {}
    return typing.get_type_hints(holder, globalns=names, include_extras=True)["value"]


def is_pydantic(part: Any) -> bool:
    """Whether a part of ``Annotated`` is pydantic's."""
    return type(part).__module__.partition(".")[0] == "pydantic"


def is_pydantic_type(hint: Any) -> bool:
    """Whether pydantic defines how a type is read."""
    kind = typing.get_origin(hint) or hint
    marks = ("__get_pydantic_core_schema__", "__pydantic_validator__")
    return isinstance(kind, type) and any(hasattr(kind, mark) for mark in marks)
