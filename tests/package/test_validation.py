"""Values against schemas of strangers: right answers, in bounded time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lumos.package.schema.validation import accepts, value_problems


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (1, {"type": "integer"}),
        (1.0, {"type": "integer"}),
        ("kebab-case-name", {"pattern": "^[a-z]+(-[a-z]+)*$"}),
        ([1, True, "1"], {"uniqueItems": True}),
        ({"a": 1}, {"$ref": "#/$defs/A", "$defs": {"A": {"required": ["a"]}}}),
        ({"x": "2026-13-77"}, {"properties": {"x": {"format": "date"}}}),
    ],
)
def test_values_that_fit_have_no_problems(value: Any, schema: Any) -> None:
    assert value_problems(value, schema) == []


@pytest.mark.parametrize(
    ("value", "schema", "words"),
    [
        (True, {"type": "integer"}, "is not of type 'integer'"),
        (
            {"a": {"b": "x"}},
            {"properties": {"a": {"properties": {"b": {"type": "null"}}}}},
            "['b']",
        ),
        ("B", {"pattern": "^a"}, "does not match"),
        ([1, 1.0], {"uniqueItems": True}, "twice"),
        ([{"type": [1, 2]}, {"type": [1, 2]}], {"uniqueItems": True}, "twice"),
        ("x", {"enum": ["a"]}, "is not one of"),
        ({"a": 1}, {"patternProperties": {"^a": {"type": "string"}}}, "is not of type 'string'"),
        (
            {"a": 1, "b": 1, "c": 1},
            {
                "properties": {"a": {}},
                "patternProperties": {"^b": {}},
                "additionalProperties": False,
            },
            "nothing called 'c'",
        ),
        (
            {"a": 1, "c": 1},
            {"properties": {"a": {}}, "additionalProperties": {"type": "string"}},
            "['c']",
        ),
    ],
)
def test_values_that_do_not_fit_are_told_where(value: Any, schema: Any, words: str) -> None:
    (problem,) = value_problems(value, schema)
    assert words in problem


def _doubling() -> dict[str, Any]:
    definitions: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, 40):
        part = {"$ref": f"#/$defs/d{level - 1}"}
        definitions[f"d{level}"] = {"allOf": [part, part]}
    return {"$ref": "#/$defs/d39", "$defs": definitions}


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("a" * 40 + "!", {"pattern": "^(a+)+$"}),
        ("a" * 40 + "!", {"pattern": "^(a|a)*$"}),
        ("a" * 200_000, {"pattern": "a*a*a*b"}),
        ({"a" * 40: 1}, {"patternProperties": {"a?" * 40 + "a" * 40: {}}}),
        ({"a" * 40 + "!": 1}, {"patternProperties": {"^(a+)+$": {"type": "null"}}}),
        (
            {"a" * 40 + "!": 1},
            {"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
        ),
        ({"a" * 40 + "!": 1}, {"propertyNames": {"pattern": "^(a+)+$"}}),
        ("x", _doubling()),
        ({}, {"$ref": "#"}),
        ([[number] for number in range(20_000)], {"uniqueItems": True}),
        (list(range(5_000)), {"items": {"enum": list(range(5_000, 10_000))}}),
    ],
)
def test_work_without_end_is_cut_off(value: Any, schema: Any) -> None:
    start = time.process_time()
    value_problems(value, schema)
    accepts(value, schema, schema)
    assert time.process_time() - start < 5


def test_what_cannot_be_told_is_said_so() -> None:
    assert accepts("a" * 40, {"pattern": "^(a+)+$"}, {}) is None
    assert accepts(1, {"$ref": "#/properties/x"}, {"properties": {"x": {}}}) is None
    assert accepts("x", _doubling(), _doubling()) is None
    assert accepts(1, {"$ref": "#/$defs/A"}, {"$defs": {"A": {"type": "string"}}}) is False
    assert accepts(1, True, {}) is True
