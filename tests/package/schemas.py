"""Random JSON Schemas, values that fit them, and changes that only widen: for property tests."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]

WORDS = ("a", "b", "c", "dd")
scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(WORDS) | st.just(1.5)


def _compact(**fields: Any) -> Schema:
    return {key: value for key, value in fields.items() if value is not None}


def _strings() -> st.SearchStrategy[Schema]:
    return st.builds(
        lambda low, high, pattern: _compact(
            type="string", minLength=low, maxLength=high, pattern=pattern
        ),
        st.none() | st.integers(0, 1),
        st.none() | st.integers(1, 3),
        st.sampled_from([None, None, None, "^[a-c]"]),
    )


def _numbers() -> st.SearchStrategy[Schema]:
    return st.builds(
        lambda kind, low, above, high, step: _compact(
            type=kind, minimum=low, exclusiveMinimum=above, maximum=high, multipleOf=step
        ),
        st.sampled_from(["integer", "number"]),
        st.none() | st.integers(-3, 0),
        st.none() | st.sampled_from([-2, -0.5]),
        st.none() | st.integers(0, 3),
        st.sampled_from([None, None, None, 1, 0.5]),
    )


def _enums() -> st.SearchStrategy[Schema]:
    values = st.lists(scalars, min_size=1, max_size=4, unique_by=repr)
    return st.one_of(values.map(_enum), scalars.map(_const))


def _enum(found: list[Any]) -> Schema:
    return {"enum": found}


def _const(value: Any) -> Schema:
    return {"const": value}


def _leaves() -> st.SearchStrategy[Schema]:
    plain = st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}])
    return st.one_of(_strings(), _numbers(), _enums(), plain, st.builds(Schema))


def _arrays(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.builds(
        lambda items, low, high, unique, prefix: _compact(
            type="array",
            items=items,
            minItems=low,
            maxItems=high,
            uniqueItems=unique,
            prefixItems=prefix,
        ),
        inner,
        st.none() | st.integers(0, 1),
        st.none() | st.integers(1, 3),
        st.sampled_from([None, None, True]),
        st.none() | st.none() | st.lists(inner, min_size=1, max_size=2),
    )


def objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    """Object schemas with listed properties, or maps."""
    extra = st.sampled_from([None, None, None, False, True]) | inner
    return st.builds(
        lambda properties, required, more: _compact(
            type="object",
            properties=properties,
            required=[name for name in properties if name in required],
            additionalProperties=more,
        ),
        st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
        st.sets(st.sampled_from(WORDS)),
        extra,
    )


def _unions(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    options = st.lists(inner, min_size=1, max_size=3)
    return st.builds(
        lambda key, found: {key: found},
        st.sampled_from(["anyOf", "anyOf", "allOf", "oneOf"]),
        options,
    ) | inner.map(lambda found: {"not": found})


schemas: st.SearchStrategy[Schema] = st.recursive(
    _leaves(), lambda inner: _arrays(inner) | objects(inner) | _unions(inner), max_leaves=5
)
inputs: st.SearchStrategy[Schema] = objects(schemas)


def values() -> st.SearchStrategy[Any]:
    """JSON values of the kinds that these schemas speak of."""
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
        ),
        max_leaves=4,
    )


def value_for(schema: Schema | bool) -> st.SearchStrategy[Any]:
    """Values that probably fit; the caller asks a validator."""
    if isinstance(schema, bool) or not schema:
        return values()
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return st.sampled_from(schema[key]).flatmap(value_for)
    kinds = schema.get("type", "any")
    return st.sampled_from([kinds] if isinstance(kinds, str) else kinds).flatmap(
        lambda kind: _of_kind(kind, schema)
    )


def _of_kind(kind: str, schema: Schema) -> st.SearchStrategy[Any]:
    match kind:
        case "string":
            return st.text("abcd", max_size=3)
        case "integer":
            return st.integers(-3, 3)
        case "number":
            return st.integers(-6, 6).map(lambda number: number / 2)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "array":
            prefix = [value_for(item) for item in schema.get("prefixItems", [])]
            rest = st.lists(value_for(schema.get("items", True)), max_size=2)
            return st.tuples(st.tuples(*prefix), rest).map(lambda pair: [*pair[0], *pair[1]])
        case "object":
            return _object_for(schema)
        case _:
            return values()


def _object_for(schema: Schema) -> st.SearchStrategy[Any]:
    """Listed names only, except where other names are spoken of."""
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    listed = st.fixed_dictionaries(
        {name: value_for(part) for name, part in properties.items() if name in required},
        optional={
            name: value_for(part) for name, part in properties.items() if name not in required
        },
    )
    extra = schema.get("additionalProperties", None if "properties" in schema else True)
    if extra is None or extra is False:
        return listed
    more = st.dictionaries(st.sampled_from([*WORDS, "zz"]), value_for(extra), max_size=2)
    return st.tuples(more, listed).map(lambda pair: {**pair[0], **pair[1]})


@st.composite
def widened(draw: st.DrawFn, schema: Schema) -> Schema:
    """The schema with one to three changes after which it accepts at least as much."""
    found = copy.deepcopy(schema)
    for _ in range(draw(st.integers(1, 3))):
        found = draw(_widened_once(found))
    return found


@st.composite
def _widened_once(draw: st.DrawFn, schema: Schema) -> Schema:
    schema = copy.deepcopy(schema)
    properties = schema.get("properties", {})
    ways = ["describe", "optional", "new"]
    if properties:
        ways += ["property"] * 4
    match draw(st.sampled_from(ways)):
        case "describe":
            schema["description"] = "Other words."
        case "optional":
            schema["required"] = schema.get("required", [])[1:]
        case "new" if (
            "additionalProperties" not in schema or schema["additionalProperties"] is False
        ):
            schema["properties"] = {**properties, "new": draw(schemas)}
        case "property" if properties:
            name = draw(st.sampled_from(sorted(properties)))
            properties[name] = draw(wider(properties[name]))
    return schema


@st.composite
def wider(draw: st.DrawFn, part: Schema) -> Schema:
    """A schema that accepts at least what ``part`` accepts."""
    loosened = {key: value for key, value in part.items() if key not in _LIMITS}
    choices: list[Schema] = [
        {"anyOf": [part, {"type": "null"}]},
        {"anyOf": [{"type": "integer"}, part]},
        {**part, "title": "Other"},
        loosened,
        {},
    ]
    if "enum" in part:
        choices.append({**part, "enum": [*part["enum"], "extra"]})
    if isinstance(part.get("type"), str):
        choices.append({**part, "type": [part["type"], "null"]})
    if part.get("type") == "integer":
        choices.append({**part, "type": "number"})
    if isinstance(part.get("minimum"), int):
        choices.append({**part, "minimum": part["minimum"] - 1})
    if isinstance(part.get("maxLength"), int):
        choices.append({**part, "maxLength": part["maxLength"] + 1})
    if "items" in part and "prefixItems" not in part:
        choices.append({**part, "items": draw(wider(part["items"]))})
    return draw(st.sampled_from(choices))


_LIMITS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
)
