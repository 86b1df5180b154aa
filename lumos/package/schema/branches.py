"""A schema as a union of simple cases: one JSON type each, all conditions side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from lumos.package.schema.tree import canonical, resolve

__all__ = [
    "Branch",
    "Schema",
    "TooComplex",
    "describe",
    "expand",
    "json_type",
    "same_value",
    "target",
    "value_key",
]

Schema = Mapping[str, Any] | bool

# A number is an integer or a fraction, so that "integer" can be a part of "number".
_ATOMS: dict[str, frozenset[str]] = {
    name: frozenset({name}) for name in ("null", "boolean", "string", "array", "object", "integer")
} | {"number": frozenset({"integer", "fraction"})}
_EVERYTHING: frozenset[str] = frozenset().union(*_ATOMS.values())
_ORDER = ("object", "array", "string", "integer", "boolean", "null")
_ANY = frozenset({"object", "array", "string", "number", "boolean", "null"})
_MAX_BRANCHES = 128
# How many cases are told, by how deep in arrays they lie: each costs an expansion.
_TOLD = (8, 2, 2, 2)


class TooComplex(Exception):
    """A schema that would take too long to compare."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One case: a type (``integer`` or ``number`` for numbers) and schemas that all hold.

    ``values`` lists the only possible values where there are finitely many.
    """

    type: str
    schemas: tuple[Mapping[str, Any], ...]
    values: tuple[Any, ...] | None = None

    def all(self, keyword: str) -> list[Any]:
        """The values of a keyword in all schemas of this case."""
        return [schema[keyword] for schema in self.schemas if keyword in schema]


@dataclass(frozen=True, slots=True)
class _State:
    atoms: frozenset[str] = _EVERYTHING
    values: tuple[Any, ...] | None = None
    schemas: tuple[Mapping[str, Any], ...] = ()
    followed: frozenset[str] = frozenset()
    choices: tuple[tuple[Schema, ...], ...] = ()


def expand(schemas: Sequence[Schema], root: Any) -> list[Branch]:
    """The cases of schemas that all hold; an empty list if nothing fits them.

    The union of the cases accepts at least what the schemas accept (``not``, conditions and the
    exclusiveness of ``oneOf`` stay in the cases' schemas). Raises :class:`TooComplex`.
    """
    found: list[Branch] = []
    waiting = [state for state in [_merged(_State(), schemas, root)] if state is not None]
    while waiting:
        state = waiting.pop()
        if state.choices:
            rest = replace(state, choices=state.choices[1:])
            merged = [_merged(rest, [option], root) for option in state.choices[0]]
            waiting += [option for option in reversed(merged) if option is not None]
        else:
            found += _branches(state)
        if len(found) + len(waiting) > _MAX_BRANCHES:
            raise TooComplex
    return found


def describe(schemas: Sequence[Schema], root: Any, level: int = 0) -> str:
    """A short text for what the schemas accept: ``string | null``, ``array of integer``."""
    try:
        branches = expand(schemas, root)
    except TooComplex:
        return "a complex schema"
    if {branch.type for branch in branches if branch.values is None} >= _ANY:
        return "anything"
    texts = dict.fromkeys(
        _describe_branch(branch, root, level) for branch in branches[: _TOLD[level]]
    )
    return " | ".join(texts) or "nothing"


def json_type(value: Any) -> str:
    """The JSON type of a value, ``integer`` for whole numbers (2.0 is one)."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) or value.is_integer() else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, (list, tuple)) else "object"


def value_key(value: Any) -> str:
    """A text that is equal for equal JSON values (1 and 1.0 are equal, 1 and true are not)."""
    return json.dumps(canonical(value, unordered=()), sort_keys=True)


def same_value(first: Any, second: Any) -> bool:
    """Whether two JSON values are equal."""
    return value_key(first) == value_key(second)


def _merged(state: _State, schemas: Iterable[Schema], root: Any) -> _State | None:
    """The state with more schemas that must hold, or ``None`` if nothing can fit."""
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop()
        if isinstance(schema, bool):
            if not schema:
                return None
            continue
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in state.followed:
            state = replace(state, followed=state.followed | {reference})
            waiting.append(target(reference, root))
        waiting += schema.get("allOf", ())
        choices = tuple(tuple(schema[key]) for key in ("anyOf", "oneOf") if schema.get(key))
        state = replace(
            state,
            atoms=state.atoms & _atoms(schema),
            values=_values(state.values, schema),
            schemas=(*state.schemas, schema),
            choices=(*state.choices, *choices),
        )
    return state if state.atoms else None


def target(reference: str, root: Any) -> Schema:
    """What a reference leads to; raises :class:`TooComplex` where it leads nowhere."""
    try:
        found = resolve(reference, root)
    except (LookupError, ValueError):
        raise TooComplex from None
    if not isinstance(found, (Mapping, bool)):
        raise TooComplex
    return found


def _atoms(schema: Mapping[str, Any]) -> frozenset[str]:
    kinds = schema.get("type", list(_ATOMS))
    names = [kinds] if isinstance(kinds, str) else kinds
    return reduce(frozenset.union, (_ATOMS.get(name, frozenset()) for name in names), frozenset())


def _values(known: tuple[Any, ...] | None, schema: Mapping[str, Any]) -> tuple[Any, ...] | None:
    for values in ([schema["const"]] if "const" in schema else None, schema.get("enum")):
        if values is not None:
            allowed = {value_key(value): value for value in values}
            kept = allowed.values() if known is None else known
            known = tuple(value for value in kept if value_key(value) in allowed)
    return known


def _branches(state: _State) -> Iterator[Branch]:
    if state.values is not None:
        for kind in (*_ORDER, "number"):
            values = tuple(
                value
                for value in state.values
                if json_type(value) == kind and _ATOMS[kind] & state.atoms
            )
            if values:
                yield Branch(kind, state.schemas, values)
        return
    for kind in _ORDER:
        if kind in state.atoms and not (kind == "integer" and "fraction" in state.atoms):
            yield Branch(kind, state.schemas)
    if "fraction" in state.atoms:
        yield Branch("number", state.schemas)


def _describe_branch(branch: Branch, root: Any, level: int) -> str:
    if branch.values is not None:
        return " | ".join(json.dumps(value)[:40] for value in branch.values[:8])
    items = branch.all("items")
    if branch.type == "array" and items and level < 3:
        inner = describe(items, root, level + 1)
        return f"array of ({inner})" if " | " in inner else f"array of {inner}"
    return branch.type
