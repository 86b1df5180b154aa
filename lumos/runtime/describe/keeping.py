"""Why a type that has a schema could still not be kept: its schema would admit too much."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections import abc, deque
from collections.abc import Iterator
from typing import Any

from ..runner.converters import MAPPINGS, SEQUENCES, Converters
from ..runner.hints import Unsupported, alias_value, is_pydantic_type, record_of

SETS = (set, frozenset, abc.Set, abc.MutableSet)
UNIONS = (typing.Union, types.UnionType)
KEYS = "JSON objects have text as keys"


def not_kept(hint: Any) -> str:
    """Why arguments of this type could not all be called; empty if they can."""
    reason = next((text for part in parts(hint) if (text := unsound(part, given=True))), "")
    if reason:
        return reason
    try:
        Converters().of(hint)
    except Unsupported as error:
        return str(error)
    return ""


def result_not_kept(hint: Any) -> str:
    """Why a result of this type could leave its schema; empty if it cannot."""
    return next((text for part in parts(hint) if (text := unsound(part, given=False))), "")


def unsound(hint: Any, *, given: bool) -> str:
    """What is wrong with one type, without the types inside it; ``given`` is an argument's."""
    kind, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return enum_problem(kind)
    if kind is complex and given:
        return "JSON has no complex numbers"
    if given and isinstance(kind, type) and kind in SETS:
        item = inner[0] if inner else Any
        return "" if hashable(item) else f"a set cannot contain {name_of(item)}"
    if isinstance(kind, type) and issubclass(kind, dict | abc.Mapping) and inner:
        return key_problem(
            plain(inner[0]), constrained=plain(inner[0]) is not inner[0], given=given
        )
    return ""


def enum_problem(kind: type[enum.Enum]) -> str:
    if issubclass(kind, enum.Flag):
        return f"{kind.__name__} is a Flag, whose combinations the schema cannot list"
    values = [member.value for member in kind.__members__.values()]
    if all(value is None or isinstance(value, str | int | float) for value in values):
        return ""
    return f"the values of {kind.__name__} are no JSON strings or numbers"


def key_problem(key: Any, *, constrained: bool, given: bool) -> str:
    """Why an object cannot have keys of this type."""
    kind = typing.get_origin(key) or key
    if kind in (tuple, list, dict, set, frozenset) or dataclasses.is_dataclass(kind):
        return f"{KEYS}, not {name_of(key)}"
    if not given:
        return ""
    if kind in UNIONS:
        return "" if str in typing.get_args(key) else f"{KEYS}, not {name_of(key)}"
    values: list[Any] = list(typing.get_args(key)) if kind is typing.Literal else []
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        values = list(kind)
    wrong = any(not isinstance(getattr(v, "value", v), str) for v in values)
    if wrong or kind in (float, type(None), bytes) or (kind in (int, bool) and constrained):
        return f"{KEYS}, not {name_of(key)}"
    return ""


def hashable(hint: Any) -> bool:
    """Whether every value of a type can be in a set."""
    hint = plain(hint)
    kind, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if kind is typing.Literal:
        return True
    if kind in (Any, object) or isinstance(kind, typing.TypeVar):
        return False
    if kind in UNIONS or kind in (tuple, frozenset):
        return bool(inner) and all(hashable(part) for part in inner if part is not Ellipsis)
    if kind in SEQUENCES or kind in MAPPINGS or kind is deque:
        return False
    record = None if is_pydantic_type(kind) else record_of(kind)
    if record is not None and not all(map(hashable, record.hints.values())):
        return False
    return getattr(kind, "__hash__", None) is not None


def plain(hint: Any) -> Any:
    """``hint`` without ``Annotated``, NewType and aliases."""
    while True:
        if typing.get_origin(hint) is typing.Annotated:
            hint = hint.__origin__
        elif isinstance(hint, typing.NewType):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = alias_value(hint)
        else:
            return hint


def parts(hint: Any, seen: set[int] | None = None) -> Iterator[Any]:
    """``hint`` and every type inside it, through generics, aliases and the fields of classes."""
    seen = set() if seen is None else seen
    hint = plain(hint)
    if id(hint) in seen:
        return
    seen.add(id(hint))
    yield hint
    if typing.get_origin(hint) is typing.Literal:
        return
    inner = list(typing.get_args(hint))
    kind = typing.get_origin(hint) or hint
    if isinstance(kind, type) and kind.__module__ not in ("builtins", "typing"):
        inner += fields_of(kind)
    for part in inner:
        yield from parts(part, seen)


def fields_of(kind: type) -> list[Any]:
    if not (record_like(kind) or is_pydantic_type(kind)):
        return []
    try:
        return list(typing.get_type_hints(kind, include_extras=True).values())
    except Exception:
        return []


def record_like(kind: type) -> bool:
    try:
        return record_of(kind) is not None
    except Exception:
        return False


def name_of(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint)
