"""Converters of values that have others inside: unions, arrays, objects and their classes.

Each takes the value, the words that name it in an error, and whether it must be exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .errors import Refused
from .scalars import SCALARS, bad, is_exact, same_json

Convert = Callable[[Any, str, bool], Any]


def anything(value: Any, where: str, exact: bool) -> Any:
    return value


def scalar(kind: Any) -> Convert:
    convert = SCALARS[kind]

    def to_scalar(value: Any, where: str, exact: bool) -> Any:
        if exact and not is_exact(value, kind):
            bad(value, f"a {getattr(kind, '__name__', kind)}", where)
        return convert(value, where)

    return to_scalar


def union(options: list[tuple[Any, Convert]]) -> Convert:
    def to_union(value: Any, where: str, exact: bool) -> Any:
        if any(type(value) is (type(None) if hint is None else hint) for hint, _ in options):
            return value
        problems: list[str] = []
        for must_be_exact in (True,) if exact else (True, False):
            problems = []
            for _, convert in options:
                try:
                    return convert(value, where, must_be_exact)
                except Refused as problem:
                    problems.append(str(problem))
        raise Refused("arguments", " Or: ".join(dict.fromkeys(problems)))

    return to_union


def literal(options: Mapping[Any, Any]) -> Convert:
    def to_literal(value: Any, where: str, exact: bool) -> Any:
        for option, json_value in options.items():
            if same_json(json_value, value):
                return option
        return bad(value, "one of " + ", ".join(map(repr, options.values())), where)

    return to_literal


def items(value: Any, where: str) -> list[Any]:
    return value if isinstance(value, list) else bad(value, "an array", where)


def sequence(make: Callable[[Any], Any], convert: Convert) -> Convert:
    return lambda value, where, exact: make(
        [
            convert(item, f"{where}[{index}]", exact)
            for index, item in enumerate(items(value, where))
        ]
    )


def fixed(parts: list[Convert]) -> Convert:
    def to_tuple(value: Any, where: str, exact: bool) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(parts):
            bad(value, f"an array of {len(parts)} items", where)
        pairs = enumerate(zip(value, parts, strict=True))
        return tuple(convert(item, f"{where}[{i}]", exact) for i, (item, convert) in pairs)

    return to_tuple


def mapping(make: Callable[[Any], Any], key: Convert, item: Convert) -> Convert:
    def to_mapping(value: Any, where: str, exact: bool) -> Any:
        if not isinstance(value, dict):
            bad(value, "an object", where)
        found = {
            key(name, f"a key of {where}", False): item(part, f"{where}.{name}", exact)
            for name, part in value.items()
        }
        if len(found) < len(value):
            raise Refused("arguments", f"{where} has the same key in two spellings.")
        return make(found)

    return to_mapping


def record(kind: Any, fields: Mapping[str, Convert], required: set[str]) -> Convert:
    def to_record(value: Any, where: str, exact: bool) -> Any:
        if not isinstance(value, dict):
            bad(value, "an object", where)
        missing, unknown = sorted(required - value.keys()), sorted(value.keys() - fields.keys())
        if missing:
            raise Refused("arguments", f"{where} lacks {', '.join(missing)}.")
        if unknown:
            raise Refused("arguments", f"{where} has no field {', '.join(unknown)}.")
        known = {n: fields[n](part, f"{where}.{n}", exact) for n, part in value.items()}
        return made(kind, known, where)

    return to_record


def named_tuple(kind: Any, fields: Mapping[str, Convert], required: set[str]) -> Convert:
    def to_named(value: Any, where: str, exact: bool) -> Any:
        if not isinstance(value, list) or not len(required) <= len(value) <= len(fields):
            bad(value, f"an array of {len(fields)} items", where)
        pairs = zip(fields.items(), value, strict=False)
        known = {name: convert(part, f"{where}.{name}", exact) for (name, convert), part in pairs}
        return made(kind, known, where)

    return to_named


def made(kind: Any, fields: dict[str, Any], where: str) -> Any:
    try:
        return kind(**fields)
    except (ValueError, AssertionError) as error:
        raise Refused("arguments", f"{where} does not fit: {error}") from error
