"""Arguments against the schema of a stranger's function: right sentences, bounded work."""

from __future__ import annotations

from typing import Any

import pytest

from lumos.runtime.arguments import argument_problems


def about(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The schema of a function with the one argument x."""
    return {"type": "object", "properties": {"x": schema}, "required": ["x"], **more}


def endless() -> dict[str, Any]:
    levels: dict[str, Any] = {
        f"d{level}": {"allOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 8} for level in range(30)
    }
    return about({"$ref": "#/$defs/d0"}, **{"$defs": {**levels, "d30": {}}})


@pytest.mark.parametrize(
    ("arguments", "schema", "words"),
    [
        ([], about({}), "must be a JSON object"),
        ({}, about({}), "x: is required"),
        ({"x": 1, "y": 2}, about({}), "y: unknown argument"),
        ({"x": "b"}, about({"enum": ["a"]}), 'must be one of "a"'),
        ({"x": -1}, about({"enum": list(range(1000))}), "and more"),
        ({"x": {"a": 1}}, about({"additionalProperties": False}), "nothing called 'a'"),
    ],
)
def test_what_does_not_fit_is_told(arguments: Any, schema: dict[str, Any], words: str) -> None:
    assert words in "\n".join(argument_problems(arguments, schema))


@pytest.mark.parametrize(
    "schema",
    [
        endless(),
        about({"$ref": "#/properties/x"}),
        about({"enum": list(range(100_000))}),
        about({"$ref": "http://127.0.0.1:9/schema.json"}),
        about({"$ref": "#/nowhere"}),
        about({"pattern": "("}),
        about({"type": "nonsense"}),
        about({"multipleOf": 0}),
    ],
)
def test_a_schema_without_end_or_sense_is_an_answer(schema: dict[str, Any]) -> None:
    """A reference that leaves the schema is not followed either: no network."""
    problems = argument_problems({"x": "a" if "pattern" in str(schema) else 1}, schema)
    assert "invalid or too complex" in problems[-1]


@pytest.mark.parametrize(
    "schema",
    [
        about({"pattern": "^(a+)+$"}),
        about({"pattern": "^(a|aa)*$"}),
        about({"pattern": "a?" * 40 + "a" * 40}),
        about({"propertyNames": {"pattern": "^(a+)+$"}}),
        about({"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False}),
        about({"patternProperties": {"^(a+)+$": {}}, "unevaluatedProperties": False}),
    ],
)
def test_a_pattern_that_might_never_end_is_left_to_the_function(schema: dict[str, Any]) -> None:
    text = "a" * 40 + "!"
    assert argument_problems({"x": text}, schema) == []
    assert argument_problems({"x": {text: 1}}, schema) == []


def test_big_arguments_are_checked_to_their_end() -> None:
    row = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    rows: list[dict[str, Any]] = [{"a": number} for number in range(20_000)]
    schema = about({"type": "array", "items": row})
    assert argument_problems({"x": rows}, schema) == []
    (problem,) = argument_problems({"x": [*rows, {"a": "b"}]}, schema)
    assert problem.startswith("x[20000].a: must be a whole number")
