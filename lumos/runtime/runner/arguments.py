"""Input conversion: a JSON object becomes the arguments that a function's type hints ask for."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import types
import typing
from collections import abc, deque
from collections.abc import Callable, Mapping
from typing import Any

from .errors import Refused
from .scalars import SCALARS, bad

SEQUENCES: dict[Any, Callable[[Any], Any]] = {
    list: list,
    abc.Sequence: list,
    abc.MutableSequence: list,
    abc.Iterable: list,
    abc.Collection: list,
    set: set,
    abc.Set: set,
    abc.MutableSet: set,
    frozenset: frozenset,
    deque: deque,
}
MAPPINGS = (dict, abc.Mapping, abc.MutableMapping)


def convert(value: Any, hint: Any, where: str) -> Any:
    """The JSON ``value`` as the type ``hint`` asks; ``where`` names it in the error."""
    hint = plain(hint)
    if hint in (Any, object, inspect.Parameter.empty) or isinstance(hint, typing.TypeVar):
        return value
    if isinstance(hint, PydanticHint):
        return hint.validate(value, where)
    origin = typing.get_origin(hint) or hint
    if origin in (typing.Union, types.UnionType):
        return to_union(value, typing.get_args(hint), where)
    if origin is typing.Literal:
        return to_literal(value, typing.get_args(hint), where)
    if hint in SCALARS:
        return SCALARS[hint](value, where)
    if origin is tuple:
        return to_tuple(value, typing.get_args(hint), where)
    if origin in SEQUENCES:
        return SEQUENCES[origin](to_items(value, typing.get_args(hint), where))
    if origin in MAPPINGS:
        return to_mapping(value, typing.get_args(hint), where)
    return to_class(value, origin, where)


@dataclasses.dataclass
class PydanticHint:
    """A hint that only pydantic understands: a model, or a type with constraints."""

    hint: Any

    def validate(self, value: Any, where: str) -> Any:
        pydantic = importlib.import_module("pydantic")
        try:
            return pydantic.TypeAdapter(self.hint).validate_python(value)
        except pydantic.ValidationError as error:
            raise Refused("arguments", f"{where} does not fit: {error}") from error


def plain(hint: Any) -> Any:
    """``hint`` without its aliases and qualifiers."""
    while True:
        if typing.get_origin(hint) is typing.Annotated:
            if any(is_pydantic(part) for part in hint.__metadata__):
                return PydanticHint(hint)
            hint = hint.__origin__
        elif isinstance(hint, typing.NewType):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        elif qualifier(hint) in ("Required", "NotRequired", "ReadOnly", "Final"):
            hint = typing.get_args(hint)[0]
        else:
            return PydanticHint(hint) if hasattr(hint, "__get_pydantic_core_schema__") else hint


def is_pydantic(part: Any) -> bool:
    return type(part).__module__.partition(".")[0] in ("pydantic", "annotated_types")


def to_union(value: Any, options: tuple[Any, ...], where: str) -> Any:
    for option in options:
        if plain(option) in (type(value), None if value is None else type(value)):
            return value
    problems = []
    for option in options:
        try:
            return convert(value, option, where)
        except Refused as problem:
            problems.append(str(problem))
    raise Refused("arguments", " Or: ".join(dict.fromkeys(problems)))


def to_literal(value: Any, options: tuple[Any, ...], where: str) -> Any:
    for option in options:
        member = option.value if isinstance(option, enum.Enum) else option
        if member == value and type(member) is type(value):
            return option
    return bad(value, "one of " + ", ".join(map(repr, options)), where)


def to_items(value: Any, inner: tuple[Any, ...], where: str) -> list[Any]:
    if not isinstance(value, list):
        bad(value, "an array", where)
    hint = inner[0] if inner else Any
    return [convert(item, hint, f"{where}[{index}]") for index, item in enumerate(value)]


def to_tuple(value: Any, inner: tuple[Any, ...], where: str) -> tuple[Any, ...]:
    if not inner or inner[-1] is Ellipsis:
        return tuple(to_items(value, inner, where))
    if not isinstance(value, list) or len(value) != len(inner):
        bad(value, f"an array of {len(inner)} items", where)
    return tuple(
        convert(item, hint, f"{where}[{index}]")
        for index, (item, hint) in enumerate(zip(value, inner, strict=True))
    )


def to_mapping(value: Any, inner: tuple[Any, ...], where: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        bad(value, "an object", where)
    key_hint, value_hint = inner or (Any, Any)
    return {
        convert(key, key_hint, f"a key of {where}"): convert(item, value_hint, f"{where}.{key}")
        for key, item in value.items()
    }


def to_class(value: Any, hint: Any, where: str) -> Any:
    if not isinstance(hint, type):
        raise Refused("arguments", f"{where} has the type {hint!r}, which JSON cannot give.")
    if issubclass(hint, enum.Enum):
        return to_literal(value, tuple(hint), where)
    fields = field_hints(hint)
    if fields is None:
        raise Refused("arguments", f"{where} has the type {hint.__name__}, which JSON cannot give.")
    required, hints = fields
    if isinstance(value, list) and issubclass(hint, tuple):
        value = dict(zip(hints, value, strict=False))
    if not isinstance(value, dict):
        bad(value, "an object", where)
    missing = sorted(required - value.keys())
    if missing:
        raise Refused("arguments", f"{where} lacks {', '.join(missing)}.")
    known = {
        name: convert(value[name], inner, f"{where}.{name}")
        for name, inner in hints.items()
        if name in value
    }
    return hint(**known)


def field_hints(hint: type) -> tuple[set[str], dict[str, Any]] | None:
    """Which fields a record type needs, and the types of all; None for another kind of class."""
    if dataclasses.is_dataclass(hint):
        fields = [item for item in dataclasses.fields(hint) if item.init]
        empty = dataclasses.MISSING
        required = {f.name for f in fields if f.default is empty and f.default_factory is empty}
        names = [item.name for item in fields]
    elif hasattr(hint, "__total__") and hasattr(hint, "__required_keys__"):
        return typed_dict_hints(hint)
    elif issubclass(hint, tuple) and hasattr(hint, "_field_defaults"):
        names = list(hint._fields)  # type: ignore[attr-defined]
        required = set(names) - set(hint._field_defaults)
    else:
        return None
    hints = typing.get_type_hints(hint, include_extras=True)
    return required, {name: hints.get(name, Any) for name in names}


def typed_dict_hints(hint: Any) -> tuple[set[str], dict[str, Any]]:
    """As :func:`field_hints`; a qualifier wins, as the class cannot see it in a quoted hint."""
    hints = typing.get_type_hints(hint, include_extras=True)
    required = set(hint.__required_keys__)
    for name, inner in hints.items():
        if qualifier(inner) == "Required":
            required.add(name)
        elif qualifier(inner) == "NotRequired":
            required.discard(name)
    return required, hints


def qualifier(hint: Any) -> str:
    return getattr(typing.get_origin(hint), "_name", None) or ""


def bind(function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments to call ``function`` with."""
    parameters = inspect.signature(function).parameters
    unknown = sorted(arguments.keys() - parameters.keys())
    if unknown:
        known = ", ".join(parameters) or "none"
        raise Refused(
            "arguments", f"There is no parameter {', '.join(unknown)}; there are: {known}."
        )
    required = [n for n, p in parameters.items() if p.default is p.empty and n not in arguments]
    if required:
        raise Refused("arguments", f"The argument {', '.join(required)} is missing.")
    hints = typing.get_type_hints(inspect.unwrap(function), include_extras=True)
    return {
        name: convert(value, hints.get(name, Any), f"The argument {name}")
        for name, value in arguments.items()
    }
