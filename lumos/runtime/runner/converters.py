"""Converters from JSON to the types of the standard library, made once for each type hint.

``Converters().of(hint)`` raises :class:`Unsupported` for a type that JSON cannot give, so that
``lumos build`` refuses what a call could not keep. A converter takes the value, the words that
name it in an error, and whether it must be ``exact``: in a union, an option that takes the value
as it is goes before one that converts it. It raises :class:`Refused` for a value that does not fit.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools
import inspect
import operator
import types
import typing
from collections import abc, deque
from collections.abc import Callable, Mapping
from typing import Any

from .constraints import constrained
from .containers import (
    Convert,
    anything,
    fixed,
    literal,
    mapping,
    named_tuple,
    record,
    scalar,
    sequence,
    union,
)
from .hints import Unsupported, alias_value, is_pydantic, is_pydantic_type, qualifier, record_of
from .scalars import SCALARS

Bound = Mapping[Any, Any]

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
MAPPINGS: dict[Any, Callable[[Any], Any]] = {
    dict: dict,
    abc.Mapping: dict,
    abc.MutableMapping: dict,
    collections.OrderedDict: collections.OrderedDict,
}


class Converters:
    """The converters of one function, which share those of the classes that they name."""

    def __init__(self) -> None:
        self.known: dict[Any, Convert] = {}

    def of(self, hint: Any, bound: Bound | None = None) -> Convert:
        """The converter of ``hint``; ``bound`` has the types of its type variables."""
        bound = bound or {}
        origin = typing.get_origin(hint)
        if hint in (Any, object, inspect.Parameter.empty):
            return anything
        if isinstance(hint, typing.TypeVar):
            return self.of(bound.get(hint, variable(hint)))
        if origin is typing.Annotated:
            return self.annotated(hint, bound)
        if isinstance(hint, typing.NewType):
            return self.of(hint.__supertype__, bound)
        if qualifier(hint) in ("Required", "NotRequired", "ReadOnly", "Final"):
            return self.of(typing.get_args(hint)[0], bound)
        if isinstance(hint, dataclasses.InitVar):
            return self.of(hint.type, bound)
        if is_pydantic_type(hint):
            return pydantic_leaf(hint)
        return self.generic(hint, origin or hint, bound)

    def annotated(self, hint: Any, bound: Bound) -> Convert:
        if any(is_pydantic(part) for part in hint.__metadata__):
            return pydantic_leaf(hint)
        return constrained(self.of(hint.__origin__, bound), hint.__metadata__)

    def generic(self, hint: Any, origin: Any, bound: Bound) -> Convert:
        inner = typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return union([(option, self.of(option, bound)) for option in inner])
        if origin is typing.Literal:
            return literal({option: json_of(option) for option in inner})
        if origin in SCALARS:
            return scalar(origin)
        if origin is tuple:
            return self.of_tuple(inner, bound)
        if origin in SEQUENCES:
            return sequence(SEQUENCES[origin], self.of(inner[0] if inner else Any, bound))
        if origin in (*MAPPINGS, collections.defaultdict, collections.Counter):
            return self.mapping(origin, inner, bound)
        if type(origin).__name__ == "TypeAliasType":
            return self.named(hint, bound, lambda: self.alias(origin, inner, bound))
        if isinstance(origin, type) and issubclass(origin, enum.Enum):
            return literal({member: member.value for member in origin.__members__.values()})
        return self.named(hint, bound, lambda: self.record(origin, inner, bound))

    def named(self, hint: Any, bound: Bound, build: Callable[[], Convert]) -> Convert:
        """The converter of a class or an alias, which may contain itself."""
        key = (hint, tuple(bound.items()) if getattr(hint, "__parameters__", ()) else ())

        def later(value: Any, where: str, exact: bool) -> Any:
            return self.known[key](value, where, exact)

        if key not in self.known:
            self.known[key] = later
            try:
                self.known[key] = build()
            except Unsupported:
                del self.known[key]
                raise
        return self.known[key]

    def alias(self, alias: Any, inner: tuple[Any, ...], bound: Bound) -> Convert:
        names: Any = zip(getattr(alias, "__type_params__", ()), inner, strict=False)
        return self.of(alias_value(alias), {**bound, **dict(names)})

    def of_tuple(self, inner: tuple[Any, ...], bound: Bound) -> Convert:
        if not inner or inner[-1] is Ellipsis:
            return sequence(tuple, self.of(inner[0] if inner else Any, bound))
        return fixed([self.of(item, bound) for item in inner])

    def mapping(self, kind: Any, inner: tuple[Any, ...], bound: Bound) -> Convert:
        make: Callable[[Any], Any]
        if kind is collections.Counter:
            inner, make = (inner[0] if inner else Any, int), collections.Counter
        elif kind is collections.defaultdict:
            factory = default_factory(inner[1] if inner else Any)
            make = lambda items: collections.defaultdict(factory, items)  # noqa: E731
        else:
            make = MAPPINGS[kind]
        key, value = inner or (Any, Any)
        return mapping(make, self.of(key, bound), self.of(value, bound))

    def record(self, kind: Any, inner: tuple[Any, ...], bound: Bound) -> Convert:
        found = record_of(kind)
        if found is None:
            raise Unsupported(kind)
        names: Any = zip(getattr(kind, "__parameters__", ()), inner, strict=False)
        own = {name: bound.get(hint, hint) for name, hint in names}
        fields = {name: self.of(hint, own) for name, hint in found.hints.items()}
        if issubclass(kind, tuple):
            return named_tuple(kind, fields, found.required)
        return record(kind, fields, found.required)


def json_of(option: Any) -> Any:
    return option.value if isinstance(option, enum.Enum) else option


def variable(hint: Any) -> Any:
    """What a type variable that nobody bound stands for."""
    options = hint.__constraints__ or (hint.__bound__ or Any,)
    return functools.reduce(operator.or_, options)


def default_factory(hint: Any) -> Callable[[], Any]:
    kind = typing.get_origin(hint) or hint
    if kind in (int, float, str, bool, list, dict, set, tuple, frozenset):
        return typing.cast(Callable[[], Any], kind)
    raise Unsupported(collections.defaultdict)


def pydantic_leaf(hint: Any) -> Convert:
    """A part that only pydantic understands: a model, or a type with its constraints."""
    from .withpydantic import validator  # noqa: PLC0415 - a tool may have no pydantic

    validate = validator(hint)
    return lambda value, where, exact: validate(value, where)
