"""JSON Schema as people read it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.presenters.schemas import object_within, parameters, signature, type_label
from tests.site.samples import SCHEMA

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "properties", "items", "anyOf", "allOf", "$ref", "enum", "required", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_each_parameter_has_a_row_and_nested_ones_follow_their_parent() -> None:
    names = [row.name for row in parameters(SCHEMA)]
    assert names == [
        "csv_data",
        "delimiter",
        "has_headers",
        "max_rows",
        "dialect",
        "dialect.quote",
        "dialect.skip_blank",
    ]


def test_a_row_says_type_default_and_limits() -> None:
    row = next(row for row in parameters(SCHEMA) if row.name == "max_rows")
    assert (row.type, row.default, row.required) == ("integer", "1000", False)
    assert row.limits == ("at least 1", "at most 100000")


@pytest.mark.parametrize(
    ("schema", "label"),
    [
        ({"type": "array", "items": {"type": "string"}}, "array of string"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer or null"),
        ({"enum": ["a", None]}, "string or null"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number"),
        ({"const": 3}, "3"),
        ({}, "any"),
    ],
)
def test_types_are_said_in_words(schema: dict[str, Any], label: str) -> None:
    assert type_label(schema) == label


def test_the_values_that_are_allowed_stand_beside_the_type() -> None:
    units = {"type": "string", "enum": ["day", "week"]}
    schema = {"properties": {"unit": {"anyOf": [units, {"type": "null"}], "default": None}}}
    (row,) = parameters(schema)
    assert row.type == "string or null"
    assert row.limits == ('one of "day", "week"',)


def test_a_signature_reads_like_python() -> None:
    schema = {
        "properties": {
            "query": {"type": "string"},
            "limit": {"type": "integer", "default": 10},
        },
        "required": ["query"],
    }
    output = {"type": "array", "items": {"type": "string"}}
    assert signature("search", schema, output) == "search(query: str, limit: int = 10) -> list[str]"


def test_a_long_signature_has_a_line_for_each_parameter() -> None:
    text = signature("csv_parser", SCHEMA, None)
    assert text.startswith("csv_parser(\n    csv_data: str,\n")
    assert text.endswith(") -> Any")


def test_a_schema_that_refers_to_itself_ends() -> None:
    tree = {
        "$ref": "#/$defs/Node",
        "$defs": {
            "Node": {
                "type": "object",
                "properties": {"child": {"$ref": "#/$defs/Node"}, "self": {"$ref": "#/$defs/self"}},
            },
            "self": {"$ref": "#/$defs/self"},
        },
    }
    assert object_within(tree) is not None
    assert len(parameters({"properties": {"root": tree}, **tree})) < 20


@given(json_values)
def test_no_schema_breaks_the_page(value: Any) -> None:
    schema = value if isinstance(value, dict) else {"properties": {"a": value}}
    parameters(schema)
    type_label(schema)
    signature("f", schema, schema)
    object_within(schema)
