"""Hypothesis strategies for the values of a JSON Schema, through hypothesis' public interface.

The strategies are approximate: ``not``, ``if``, ``contains`` and the like are ignored, so every
value must be validated before it is used. Recursive schemas are unrolled to a fixed depth, below
which only the branches without a further reference are left; hypothesis' own recursion would
draw and discard too many large values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from lumos.package.schema.tree import canonical, sort_key
from sandbox.trials.merging import BRANCHES, Schema, combined, kinds, merged
from sandbox.trials.texts import WORDS, texts

Values = st.SearchStrategy[Any]

MAX_DEPTH = 4  # references within references
SAFE = 2**53
MAX_ITEMS = 6
EXTRA_NAMES = 3
HINTS: Mapping[str, tuple[str, ...]] = {
    "object": ("properties", "required", "additionalProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
ALL_KINDS = ("null", "boolean", "integer", "number", "string", "array", "object")


def values(schema: Schema, root: Any = None) -> Values | None:
    """A strategy for values of a checked schema; None where there seem to be none."""
    return Builder(schema if root is None else root).build(schema, 0)


class Builder:
    """Builds the strategies of one document, whose references point into ``root``."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._known: dict[tuple[str, int], Values | None] = {}

    def build(self, schema: Schema, depth: int) -> Values | None:
        """The strategy for a part of the document, ``depth`` references deep."""
        if isinstance(schema, bool):
            return ANYTHING if schema else None
        if "$ref" in schema or "allOf" in schema:
            depth += 1
        if depth > MAX_DEPTH:
            return None
        key = (sort_key(schema), depth)
        if key not in self._known:
            self._known[key] = self._combined(combined(schema, self.root), depth)
        return self._known[key]

    def _combined(self, schema: Schema, depth: int) -> Values | None:
        if isinstance(schema, bool):
            return ANYTHING if schema else None
        for keyword in BRANCHES:
            if keyword in schema:
                rest = {key: value for key, value in schema.items() if key != keyword}
                # A reference inside a branch is merged with the rest one level deeper.
                branches = [merged(rest, part) for part in schema[keyword]]
                return _any_of([self.build(branch, depth) for branch in branches])
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        return _any_of([self._kind(kind, schema, depth) for kind in _kinds(schema)])

    def _kind(self, kind: str, schema: Mapping[str, Any], depth: int) -> Values | None:
        match kind:
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "integer":
                return _integers(schema)
            case "number":
                return _numbers(schema)
            case "string":
                return texts(schema)
            case "array":
                return self._arrays(schema, depth)
            case _:
                return self._objects(schema, depth)

    def _arrays(self, schema: Mapping[str, Any], depth: int) -> Values | None:
        low, high = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        heads = [self.build(part, depth) for part in schema.get("prefixItems", ())]
        heads = heads[: int(min(high, len(heads)))]
        if None in heads:
            heads = heads[: heads.index(None)]
            high = min(high, len(heads))
        first: Values = st.tuples(*[head for head in heads if head is not None]).map(list)
        rest = self.build(schema.get("items", True), depth) if high > len(heads) else None
        if rest is None:
            return first if low <= len(heads) else None
        most = min(high, max(low, MAX_ITEMS if depth < 2 else 2))
        unique = (lambda item: sort_key(canonical(item))) if schema.get("uniqueItems") else None
        tail = st.lists(
            rest,
            min_size=max(0, low - len(heads)),
            max_size=int(max(0, most - len(heads))),
            unique_by=unique,
        )
        return st.tuples(first, tail).map(lambda parts: parts[0] + parts[1]) if heads else tail

    def _objects(self, schema: Mapping[str, Any], depth: int) -> Values | None:
        required = schema.get("required", ())
        parts: Mapping[str, Schema] = {
            **{name: schema.get("additionalProperties", True) for name in required},
            **schema.get("properties", {}),
        }
        known = {name: self.build(part, depth) for name, part in parts.items()}
        if any(known[name] is None for name in required):
            return None
        most = schema.get("maxProperties", math.inf)
        usable = {name: strategy for name, strategy in known.items() if strategy is not None}
        fixed = {name: usable.pop(name) for name in required}
        if len(fixed) == most:
            usable = {}
        named = st.fixed_dictionaries(fixed, optional=usable)
        extra = self._extra(schema, depth)
        if extra is None or most <= len(fixed):
            return named
        return st.tuples(extra, named).map(lambda parts: {**parts[0], **parts[1]})

    def _extra(self, schema: Mapping[str, Any], depth: int) -> Values | None:
        """Objects of the properties that no ``properties`` names; None where there are none.

        An object with named properties gets others only where a schema for those is given: a
        dataclass accepts unknown keys, and ignores them.
        """
        open_by_default = not schema.get("properties")
        additional = schema.get("additionalProperties", open_by_default)
        named: list[Values | None] = [
            _pairs(st.from_regex(pattern, alphabet=_NAME_ALPHABET), self.build(part, depth))
            for pattern, part in schema.get("patternProperties", {}).items()
        ]
        if isinstance(additional, Mapping) or (additional and open_by_default):
            names = texts(schema["propertyNames"]) if _names_are_texts(schema) else WORDS
            named.append(_pairs(names, self.build(additional, depth)))
        pairs = _any_of(named)
        if pairs is None:
            return None
        low = max(0, schema.get("minProperties", 0) - len(schema.get("required", ())))
        high = min(schema.get("maxProperties", math.inf), max(low, EXTRA_NAMES))
        return st.lists(
            pairs, min_size=low, max_size=int(high), unique_by=lambda pair: pair[0]
        ).map(dict)


_NAME_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/@ "


def _names_are_texts(schema: Mapping[str, Any]) -> bool:
    names = schema.get("propertyNames")
    return isinstance(names, Mapping) and not {"enum", "const", "$ref", "anyOf"} & names.keys()


def _pairs(names: Values, parts: Values | None) -> Values | None:
    return None if parts is None else st.tuples(names, parts)


def _any_of(strategies: Sequence[Values | None]) -> Values | None:
    possible = [strategy for strategy in strategies if strategy is not None]
    return st.one_of(*possible) if possible else None


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    if "type" in schema:
        return kinds(schema["type"])
    hinted = [kind for kind, keys in HINTS.items() if any(key in schema for key in keys)]
    return hinted or list(ALL_KINDS)


def _bounds(schema: Mapping[str, Any]) -> tuple[Fraction | None, Fraction | None]:
    lows = [schema[key] for key in ("minimum", "exclusiveMinimum") if key in schema]
    highs = [schema[key] for key in ("maximum", "exclusiveMaximum") if key in schema]
    low = max((Fraction(str(value)) for value in lows), default=None)
    high = min((Fraction(str(value)) for value in highs), default=None)
    return low, high


def _steps(schema: Mapping[str, Any], step: Fraction) -> st.SearchStrategy[int] | None:
    """The whole numbers whose product with ``step`` lies within the bounds."""
    low, high = _bounds(schema)
    first = None if low is None else math.ceil(low / step)
    last = None if high is None else math.floor(high / step)
    if first is not None and first * step == schema.get("exclusiveMinimum"):
        first += 1
    if last is not None and last * step == schema.get("exclusiveMaximum"):
        last -= 1
    if first is None:
        first = -SAFE if last is None else min(last, 0) - SAFE
    if last is None:
        last = max(first, 0) + SAFE
    if first > last:
        return None
    near = st.integers(max(first, min(-20, last)), min(last, max(100, first)))
    return near | st.integers(first, last)


def _integers(schema: Mapping[str, Any]) -> Values | None:
    step = Fraction(Fraction(str(schema.get("multipleOf", 1))).numerator)
    strategy = _steps(schema, step)
    return None if strategy is None else strategy.map(lambda count: int(count * step))


def _numbers(schema: Mapping[str, Any]) -> Values | None:
    if "multipleOf" in schema:
        step = Fraction(str(schema["multipleOf"]))
        strategy = _steps(schema, step)
        return None if strategy is None else strategy.map(lambda count: _number(count * step))
    low, high = _bounds(schema)
    if low is not None and high is not None and low > high:
        return None
    whole = _integers(schema)
    floats = st.floats(
        None if low is None else float(low),
        None if high is None else float(high),
        allow_nan=False,
        allow_infinity=False,
    )
    return floats if whole is None else floats | whole


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


_SCALARS = st.none() | st.booleans() | st.integers(-100, 100) | st.floats(-1e6, 1e6) | WORDS
ANYTHING: Values = (
    _SCALARS | st.lists(_SCALARS, max_size=3) | st.dictionaries(WORDS, _SCALARS, max_size=3)
)
