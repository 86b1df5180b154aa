"""functions.json: read strictly, compared by meaning, held against the providers' subsets."""

from __future__ import annotations

from typing import Any

import pytest

from lumos.package.findings import Severity
from lumos.package.functions import (
    FunctionSpec,
    dump_functions,
    functions_digest,
    parse_functions,
    same_meaning,
)
from lumos.package.schema.providers import provider_issues
from tests.package.refusals import rules
from tests.package.wheels import function_spec, functions_json


def parsed(**changes: Any) -> tuple[FunctionSpec, ...]:
    return parse_functions(functions_json([function_spec(**changes)]))


def refused(**changes: Any) -> set[str]:
    return rules(parse_functions, functions_json([function_spec(**changes)]))


def with_input(field: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"field": field}, **more}


def test_what_is_dumped_is_read_again() -> None:
    specs = parsed()
    assert parse_functions(dump_functions(specs)) == specs
    assert dump_functions(specs).endswith("}\n")


def test_functions_are_sorted_by_name() -> None:
    text = functions_json([function_spec("b"), function_spec("a")])
    specs = parse_functions(text)
    assert [spec.name for spec in specs] == ["a", "b"]
    assert dump_functions(reversed(specs)) == dump_functions(specs)


def test_meaning_knows_no_order() -> None:
    schema = function_spec()["input_schema"]
    other = {key: schema[key] for key in reversed(schema)}
    other = {**other, "properties": dict(reversed(schema["properties"].items()))}
    first, second = parsed(), parsed(input_schema=other)
    assert same_meaning(first, second) == []
    assert functions_digest(first) == functions_digest(second)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"description": "Other."}, "functions.hello.description"),
        ({"hints": {}}, "functions.hello.hints.read_only"),
        ({"input_schema": with_input({"type": "string"})}, "functions.hello.input_schema"),
    ],
)
def test_differences_of_meaning_are_told_and_change_the_digest(
    change: dict[str, Any], place: str
) -> None:
    first, second = parsed(), parsed(**change)
    assert any(line.startswith(place) for line in same_meaning(first, second))
    assert functions_digest(first) != functions_digest(second)


def test_a_function_on_one_side_only_is_a_difference() -> None:
    assert len(same_meaning(parsed(), ())) == 1
    assert len(same_meaning((), parsed())) == 1


def test_true_is_not_one_and_one_is_one_point_zero() -> None:
    def default(value: Any) -> tuple[FunctionSpec, ...]:
        return parsed(input_schema=with_input({"default": value}))

    assert same_meaning(default(1), default(True))
    assert same_meaning(default([1]), default([True]))
    assert functions_digest(default(1)) != functions_digest(default(True))
    assert same_meaning(default(1), default(1.0)) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "functions/not-json"),
        ("{", "functions/not-json"),
        ('{"schema": 1, "schema": 1}', "functions/not-json"),
        ('{"schema": NaN}', "functions/not-json"),
        ("[" * 5000, "functions/not-json"),
        ("[" * 70 + "]" * 70, "functions/not-json"),
        ("1" * 5000, "functions/not-json"),
        ("[]", "functions/schema-version"),
        ('{"schema": 2}', "functions/schema-version"),
        ('{"schema": true}', "functions/schema-version"),
        ('{"schema": 1, "generator": "x", "functions": []}', "functions/count"),
        ('{"schema": 1, "generator": 1, "functions": [1]}', "functions/generator"),
        ('{"schema": 1, "generator": "x", "functions": [1]}', "functions/wrong-type"),
        ('{"schema": 1, "generator": "x", "functions": [{}], "a": 1}', "functions/unknown-key"),
    ],
)
def test_a_malformed_file_is_refused(text: str, rule: str) -> None:
    assert rule in rules(parse_functions, text)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"name": "Hello"}, "functions/name"),
        ({"name": "a" * 65}, "functions/name"),
        ({"name": 1}, "functions/name"),
        ({"description": 1}, "functions/description"),
        ({"description": "x" * 30_000}, "functions/description"),
        ({"hints": []}, "functions/hints"),
        ({"hints": {"readOnly": True}}, "functions/hints"),
        ({"hints": {"read_only": 1}}, "functions/hints"),
        ({"wrapped": 1}, "functions/wrong-type"),
        ({"wrapped": True}, "functions/wrapped"),
        ({"extra": 1}, "functions/unknown-key"),
        ({"output_schema": None}, "schema/missing"),
        ({"input_schema": True}, "schema/missing"),
        ({"input_schema": {"type": "array"}}, "schema/object-root"),
        ({"input_schema": {}}, "schema/object-root"),
        ({"input_schema": with_input({"type": "text"})}, "schema/invalid"),
        ({"input_schema": with_input({"minLength": -1})}, "schema/invalid"),
        ({"input_schema": with_input(1)}, "schema/invalid"),
        ({"input_schema": with_input({"pattern": "("})}, "schema/pattern"),
        ({"input_schema": with_input({"pattern": "a" * 501})}, "schema/pattern"),
        ({"input_schema": with_input({"patternProperties": {"(a+)+": {}}})}, "schema/pattern"),
        ({"input_schema": with_input({"$ref": "#/$defs/None"})}, "schema/reference"),
        ({"input_schema": with_input({"$ref": "#/$defs"}, **{"$defs": []})}, "schema/reference"),
        (
            {"input_schema": with_input({"$ref": "https://a.invalid/x"})},
            "schema/remote-reference",
        ),
        ({"input_schema": with_input({"$ref": "other.json#/x"})}, "schema/remote-reference"),
        ({"input_schema": with_input({"$ref": 1})}, "schema/remote-reference"),
        ({"input_schema": with_input({"$dynamicRef": "#x"})}, "schema/reference"),
        ({"input_schema": with_input({"$id": "https://a.invalid"})}, "schema/reference"),
        ({"input_schema": with_input({"$anchor": "x"})}, "schema/reference"),
        (
            {
                "input_schema": with_input(
                    {}, **{"$schema": "http://json-schema.org/draft-07/schema#"}
                )
            },
            "schema/dialect",
        ),
        ({"input_schema": with_input({"description": "x" * 300_000})}, "schema/too-large"),
    ],
)
def test_a_malformed_function_is_refused(change: dict[str, Any], rule: str) -> None:
    assert rule in refused(**change)


def test_a_schema_that_is_nested_too_deeply_is_refused() -> None:
    field: dict[str, Any] = {}
    for _ in range(22):
        field = {"items": field, "type": "array"}
    assert refused(input_schema=with_input(field)) == set()
    for _ in range(22):
        field = {"items": field, "type": "array"}
    assert refused(input_schema=with_input(field)) == {"schema/too-deep"}


def test_two_functions_of_one_name_are_refused() -> None:
    text = functions_json([function_spec(), function_spec()])
    assert rules(parse_functions, text) == {"functions/duplicate"}


def test_every_problem_is_told_at_once() -> None:
    assert len(refused(name="X", hints=[], input_schema=None, wrapped=3)) == 4


def issues(field: Any, name: str = "hello", description: str = "Hi.", **root: Any) -> set[str]:
    schema = {"type": "object", "properties": {"field": field}, **root}
    spec = FunctionSpec(name, description, schema, schema)
    found = provider_issues(spec)
    assert all(item.severity in (Severity.LOW, Severity.MEDIUM) for item in found)
    assert not any(item.blocking for item in found)
    return {f"{item.evidence['provider']}: {item.rule.partition('/')[2]}" for item in found}


def test_an_ordinary_function_fits_every_provider() -> None:
    plain = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "title": "Field"}
    assert issues(plain) == set()
    assert issues({"type": "array", "items": {"enum": ["a", "b"], "type": "string"}}) == set()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": "object", "additionalProperties": {"type": "string"}},
         {"OpenAI strict mode: open-object"}),
        ({"allOf": [{"type": "string"}]}, {"OpenAI strict mode: keyword", "Gemini: keyword"}),
        ({"oneOf": [{"type": "string"}]}, {"OpenAI strict mode: keyword"}),
        ({"not": {}}, {"OpenAI strict mode: keyword", "Gemini: keyword"}),
        ({"type": "string", "format": "email"}, {"Gemini: format"}),
        ({"enum": list(range(1001))}, {"OpenAI strict mode: enum"}),
        ({"type": "object", "properties": {"a b": {}}}, {"Anthropic: property-name"}),
    ],
)  # fmt: skip
def test_what_a_provider_cannot_take_is_told(field: Any, expected: set[str]) -> None:
    assert issues(field) == expected


def test_roots_that_are_unions_are_told_for_all() -> None:
    found = issues({}, anyOf=[{"required": ["field"]}])
    assert {"OpenAI: root", "Anthropic: root", "Gemini: root"} <= found


def test_long_names_and_descriptions_are_told() -> None:
    assert "OpenAI: description-length" in issues({}, description="x" * 1025)
    assert {"OpenAI: function-name", "Gemini: function-name"} <= issues({}, name="a" * 65)


def test_deep_and_recursive_schemas_are_told() -> None:
    field: dict[str, Any] = {"type": "string"}
    for _ in range(11):
        field = {"type": "object", "properties": {"x": field}}
    assert issues(field) == {"OpenAI strict mode: depth"}
    node: Any = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    definitions: dict[str, Any] = {"$defs": {"Node": node}}
    assert issues({"$ref": "#/$defs/Node"}, **definitions) == {"Gemini: recursion"}
