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
_Reader = Callable[[Any], Any]


class Unreadable(ValueError):
    """JSON that is not a document of the wanted kind; the message names the field.

    Each reader raises it without knowing where it stands, and those above add their part of the
    path: what can be read, which is nearly everything, pays nothing for the message.
    """

    def __init__(self, text: str, path: str = "") -> None:
        super().__init__(f"{path or 'the document'}{text}")
        self.text = text
        self.path = path

    def within(self, part: str) -> Unreadable:
        """The same, seen from the document that has it in ``part``, a field or ``[index]``."""
        dot = "." if self.path and not self.path.startswith("[") else ""
        return Unreadable(self.text, f"{part}{dot}{self.path}")


def read(kind: type[Kind], data: object) -> Kind:
    """The document in ``data`` (decoded JSON); raises :class:`Unreadable`.

    A class with a classmethod ``read`` reads itself. Numbers, texts and truth values are never
    converted into each other.
    """
    reader: _Reader = _reader(kind)  # type: ignore[arg-type]
    value: Kind = reader(data)
    return value


def build(kind: type[Kind], source: object, **given: Any) -> Kind:
    """A document whose fields are ``given``, or else the attributes of ``source`` of that name."""
    names = (field.name for field in dataclasses.fields(kind))  # type: ignore[arg-type]
    return kind(**{name: given[name] if name in given else getattr(source, name) for name in names})


@cache
def _reader(kind: Any) -> _Reader:
    """The function that reads ``kind`` from decoded JSON, made once for each type."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda data: data
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
    @cache
    def fields() -> list[tuple[str, _Reader, bool]]:
        # When the first document is read: a kind may hold itself.
        hints = get_type_hints(kind, include_extras=True)
        return [
            (field.name, _reader(hints[field.name]), _is_required(field))
            for field in dataclasses.fields(kind)
        ]

    def document(data: Any) -> Any:
        _check_object(data)
        values = {}
        name = ""
        try:
            for name, reader, required in fields():
                if name in data:
                    values[name] = reader(data[name])
                elif required:
                    break
            else:
                return kind(**values)
        except Unreadable as error:
            raise error.within(name) from error.__cause__
        raise Unreadable(f" has no {name!r}")

    return document


def _is_required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _self_reading(kind: Any) -> _Reader:
    def whole(data: Any) -> Any:
        try:
            return kind.read(data)
        except KeyError as error:
            raise Unreadable(f" has no {error}") from error
        except (TypeError, ValueError) as error:
            raise Unreadable(f": {error}") from error

    return whole


def _optional(parts: tuple[Any, ...]) -> _Reader:
    (kind,) = (part for part in parts if part is not type(None))
    reader = _reader(kind)
    return lambda data: None if data is None else reader(data)


def _list(reader: _Reader) -> _Reader:
    def items(data: Any) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            raise _wrong("a list", data)
        values: list[Any] = []
        try:
            for item in data:
                values.append(reader(item))
        except Unreadable as error:
            raise error.within(f"[{len(values)}]") from error.__cause__
        return tuple(values)

    return items


def _mapping(reader: _Reader) -> _Reader:
    def mapping(data: Any) -> dict[str, Any]:
        _check_object(data)
        values: dict[str, Any] = {}
        key: Any = ""
        try:
            for key, item in data.items():
                values[str(key)] = reader(item)
        except Unreadable as error:
            raise error.within(str(key)) from error.__cause__
        return values

    return mapping


def _check_object(data: Any) -> None:
    if not isinstance(data, dict) and not isinstance(data, Mapping):  # the first is much faster
        raise _wrong("an object", data)


def _enum(kind: Any) -> _Reader:
    def member(data: Any) -> Any:
        try:
            return kind(data)
        except ValueError:
            raise _wrong(" or ".join(each.value for each in kind), data) from None

    return member


def _plain(kind: type) -> _Reader:
    """Text, a number or a truth value; a whole number is a number, a truth value is not."""
    allowed = (int, float) if kind is float else kind
    name = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}[kind]

    def plain(data: Any) -> Any:
        if type(data) is kind:  # nearly always
            return data
        if not isinstance(data, allowed) or (isinstance(data, bool) and kind is not bool):
            raise _wrong(name, data)
        return data

    return plain


def _wrong(wanted: str, data: object) -> Unreadable:
    return Unreadable(f" is not {wanted}: {data!r:.80}")
