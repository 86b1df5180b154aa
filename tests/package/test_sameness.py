"""When an example's output and what the function returned are the same."""

from __future__ import annotations

from typing import Any

import pytest

from lumos.package.schema.sameness import same_value

TEXTS = {"type": "array", "items": {"type": "string"}}
SET = {**TEXTS, "uniqueItems": True}
ROW = {"type": "object", "properties": {"tags": SET, "path": TEXTS}}
NUMBERS = {"type": "array", "items": {"type": "number"}, "uniqueItems": True}
TREE = {
    "$ref": "#/$defs/Tree",
    "$defs": {
        "Tree": {
            "type": "object",
            "properties": {
                "tags": SET,
                "inner": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
            },
        }
    },
}


def same(expected: Any, value: Any, schema: dict[str, Any], *, exact: bool = False) -> bool:
    forward = same_value(expected, value, schema, exact=exact)
    assert forward == same_value(value, expected, schema, exact=exact)
    return forward


@pytest.mark.parametrize(
    ("expected", "value", "schema"),
    [
        (["a", "b"], ["b", "a"], SET),
        ({"tags": ["a", "b"]}, {"tags": ["b", "a"]}, ROW),
        ([["a", "b"], ["c"]], [["c"], ["b", "a"]], {"items": SET, "uniqueItems": True}),
        (["x", ["a", "b"]], ["x", ["b", "a"]], {"prefixItems": [{"type": "string"}, SET]}),
        ({"k": ["a", "b"]}, {"k": ["b", "a"]}, {"additionalProperties": SET}),
        (["a", "b"], ["b", "a"], {"anyOf": [{"type": "null"}, SET]}),
        (["a", "b"], ["b", "a"], {"anyOf": [NUMBERS, SET]}),
        (
            {"tags": ["b", "a"], "inner": [{"tags": ["c", "d"]}]},
            {"tags": ["a", "b"], "inner": [{"tags": ["d", "c"]}]},
            TREE,
        ),
        ([0.3333333333, 2], [2, 1 / 3], NUMBERS),
        ([1.5, 10, None, True, "x"], ["x", True, None, 10.0, 1.5], {"uniqueItems": True}),
    ],
)
def test_order_is_ignored_where_the_schema_says_unique_items(
    expected: Any, value: Any, schema: dict[str, Any]
) -> None:
    assert same(expected, value, schema)


@pytest.mark.parametrize(
    ("expected", "value", "schema"),
    [
        (["a", "b"], ["b", "a"], TEXTS),
        ({"path": ["a", "b"]}, {"path": ["b", "a"]}, ROW),
        (["a", "b"], ["a", "c"], SET),
        (["a", "b"], ["a"], SET),
        (["a", "b"], ["b", "a"], {"anyOf": [NUMBERS, TEXTS]}),
        ([[1, 2]], [[2, 1]], {"type": "array", "uniqueItems": True}),
    ],
)
def test_order_counts_everywhere_else(expected: Any, value: Any, schema: dict[str, Any]) -> None:
    assert not same(expected, value, schema)


@pytest.mark.parametrize(
    ("expected", "value", "loose", "exact"),
    [
        (0.3333333333, 1 / 3, True, False),
        (0.333333, 1 / 3, False, False),
        ({"a": [1e-9]}, {"a": [1.0000000001e-9]}, True, False),
        (1, 1.0, True, True),
        (10**12, 10**12 + 1, False, False),
        (10**400, 1.5, False, False),
        (0.0, 1e-17, False, False),
        (1, True, False, False),
        (0, None, False, False),
        ("0.3333333333", 1 / 3, False, False),
    ],
)
def test_numbers_have_a_relative_tolerance_unless_exact(
    expected: Any, value: Any, loose: bool, exact: bool
) -> None:
    assert same(expected, value, {}) is loose
    assert same(expected, value, {}, exact=True) is exact


def test_references_in_circles_end() -> None:
    names = [f"#/$defs/{number}" for number in range(30)]
    every = {"anyOf": [{"$ref": name} for name in names]}
    schema = {**every, "uniqueItems": True, "$defs": {str(n): every for n in range(30)}}
    assert same(["a", "b"], ["b", "a"], schema)
    assert same({"a": [{"b": [1]}]}, {"a": [{"b": [1]}]}, schema)
