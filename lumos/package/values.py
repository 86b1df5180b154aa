"""Documents as values: a dataclass declares a document once, and reading it from JSON derives.

Writing needs no help: ``orjson`` writes dataclasses. Unknown keys are ignored and missing ones take
the field's default, so that old and new programs read each other's documents. A field
that follows from others is set in ``__post_init__``, whatever was read.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

__all__ = ["Unreadable", "build", "read"]

Kind = TypeVar("Kind")
_Reader = Callable[[Any, str], Any]


class Unreadable(ValueError):
    """JSON that is not a document of the wanted kind; the message names the field."""


def read(kind: type[Kind], data: object) -> Kind:
    """The document in ``data`` (decoded JSON); raises :class:`Unreadable`.

    A class with a classmethod ``read`` reads itself. Numbers, texts and truth values are never
    converted into each other.
    """
    reader: _Reader = _reader(kind)  # type: ignore[arg-type]
    value: Kind = reader(data, "")
    return value


def build(kind: type[Kind], source: object, **given: Any) -> Kind:
    """A document whose fields are ``given``, or else the attributes of ``source`` of that name."""
    names = (field.name for field in dataclasses.fields(kind))  # type: ignore[arg-type]
    return kind(**{name: given[name] if name in given else getattr(source, name) for name in names})


@cache
def _reader(kind: Any) -> _Reader:
    """The function that reads ``kind`` from decoded JSON at a path, made once for each type."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda data, path: data
    if origin is Annotated:
        return _reader(parts[0])
    if origin in (Union, types.UnionType):
        return _optional(parts)
    if origin is tuple:
        return _list(_reader(parts[0]))
    if origin in (dict, Mapping):
        return _mapping(_reader(parts[1]))
    if hasattr(kind, "read"):
        return _self_reading(kind)
    if dataclasses.is_dataclass(kind):
        return _document(kind)
    if issubclass(kind, Enum):
        return _enum(kind)
    return _plain(kind)


def _document(kind: Any) -> _Reader:
    hints = get_type_hints(kind, include_extras=True)
    fields = [
        (field.name, _lazy(hints[field.name]), _is_required(field))
        for field in dataclasses.fields(kind)
    ]

    def document(data: Any, path: str) -> Any:
        if not isinstance(data, Mapping):
            raise _wrong(path, "an object", data)
        values = {}
        for name, reader, required in fields:
            if name in data:
                values[name] = reader(data[name], f"{path}.{name}" if path else name)
            elif required:
                raise Unreadable(f"{path or 'the document'} has no {name!r}")
        return kind(**values)

    return document


def _lazy(kind: Any) -> _Reader:
    """The reader of ``kind``, made when it is first used: documents may hold their own kind."""
    return lambda data, path: _reader(kind)(data, path)  # noqa: PLW0108


def _is_required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _self_reading(kind: Any) -> _Reader:
    def whole(data: Any, path: str) -> Any:
        try:
            return kind.read(data)
        except KeyError as error:
            raise Unreadable(f"{path} has no {error}") from error
        except (TypeError, ValueError) as error:
            raise Unreadable(f"{path}: {error}") from error

    return whole


def _optional(parts: tuple[Any, ...]) -> _Reader:
    (kind,) = (part for part in parts if part is not type(None))
    reader = _reader(kind)
    return lambda data, path: None if data is None else reader(data, path)


def _list(reader: _Reader) -> _Reader:
    def items(data: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            raise _wrong(path, "a list", data)
        return tuple(reader(item, f"{path}[{index}]") for index, item in enumerate(data))

    return items


def _mapping(reader: _Reader) -> _Reader:
    def mapping(data: Any, path: str) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise _wrong(path, "an object", data)
        return {str(key): reader(item, f"{path}.{key}") for key, item in data.items()}

    return mapping


def _enum(kind: Any) -> _Reader:
    def member(data: Any, path: str) -> Any:
        try:
            return kind(data)
        except ValueError:
            raise _wrong(path, " or ".join(each.value for each in kind), data) from None

    return member


def _plain(kind: type) -> _Reader:
    """Text, a number or a truth value; a whole number is a number, a truth value is not."""
    allowed = (int, float) if kind is float else kind
    name = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}[kind]

    def plain(data: Any, path: str) -> Any:
        if not isinstance(data, allowed) or (isinstance(data, bool) and kind is not bool):
            raise _wrong(path, name, data)
        return data

    return plain


def _wrong(path: str, wanted: str, data: object) -> Unreadable:
    return Unreadable(f"{path or 'the document'} is not {wanted}: {data!r:.80}")
