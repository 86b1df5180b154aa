"""The inputs of trials: whatever a schema says, each one fits it, and the same seed repeats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from lumos.package.functions import FunctionSpec
from sandbox.contents import ExampleRun
from sandbox.trials.formats import fits_schema, format_checker
from sandbox.trials.generation import Generation
from sandbox.trials.inputs import Generator, Seed
from sandbox.trials.raises import documented_raises
from sandbox.trials.shrinking import smaller
from sandbox.trials.subject import Subject, pinned
from tests.package import schemas

SEED = "5eed" * 16
NODE = {
    "type": "object",
    "properties": {
        "value": {"type": "integer"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}], "default": None},
    },
    "required": ["value"],
    "additionalProperties": False,
}
EXPRESSION = {
    "oneOf": [
        {"type": "number"},
        {
            "type": "object",
            "properties": {
                "op": {"enum": ["+", "*"]},
                "left": {"$ref": "#/$defs/Expression"},
                "right": {"$ref": "#/$defs/Expression"},
            },
            "required": ["op", "left", "right"],
            "additionalProperties": False,
        },
    ]
}
LINE = {"$ref": "#/$defs/Line"}
PARTS: dict[str, Any] = {
    "text": {"type": "string"},
    "short text": {"type": "string", "minLength": 2, "maxLength": 3},
    "pattern": {"type": "string", "pattern": r"^[A-Z]{2}\d{1,4}$"},
    "pattern inside": {"type": "string", "pattern": "a.c", "maxLength": 10},
    "word pattern": {"type": "string", "pattern": r"^\w+\s\S+$"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "duration": {"type": "string", "format": "duration"},
    "uuid": {"type": "string", "format": "uuid"},
    "address": {"type": "string", "format": "email"},
    "link": {"type": "string", "format": "uri", "minLength": 1, "maxLength": 2083},
    "host": {"type": "string", "format": "ipv4"},
    "host 6": {"type": "string", "format": "ipv6"},
    "base64": {"type": "string", "contentEncoding": "base64"},
    "whole": {"type": "integer", "minimum": -3, "exclusiveMaximum": 4},
    "even": {"type": "integer", "multipleOf": 2, "minimum": 1},
    "cents": {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 10},
    "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "choice": {"enum": ["a", 1, None, [2]]},
    "constant": {"const": {"kind": "x"}},
    "types": {"type": ["string", "null", "integer"]},
    "optional": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "default": None},
    "set": {"type": "array", "uniqueItems": True, "items": {"type": "integer"}, "maxItems": 5},
    "pair": {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "integer"}],
        "minItems": 2,
        "maxItems": 2,
    },
    "row": {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "number"}},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
    "named map": {
        "type": "object",
        "patternProperties": {"^x-[a-z]+$": {"type": "string"}},
        "additionalProperties": False,
        "maxProperties": 2,
    },
    "anything": {},
    "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
    "both": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]},
        ]
    },
    "narrowed": {"allOf": [{"type": "integer", "minimum": 1}, {"maximum": 3}], "multipleOf": 3},
    "tree": {"$ref": "#/$defs/Node"},
    "forest": {"type": "array", "items": {"$ref": "#/$defs/Node"}, "minItems": 1},
    "formula": {"$ref": "#/$defs/Expression"},
    "union": {
        "oneOf": [
            {"type": "object", "properties": {"t": {"const": "p"}, "x": {"type": "number"}},
             "required": ["t", "x"]},
            {"type": "object", "properties": {"t": {"const": "q"}, "y": LINE},
             "required": ["t", "y"]},
        ]
    },
}  # fmt: skip
DEFINITIONS = {
    "Node": NODE,
    "Expression": EXPRESSION,
    "Line": {"type": "string", "maxLength": 5, "pattern": "^[^\\n]*$"},
}


def _schema(part: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"value": part},
        "required": ["value"],
        "$defs": DEFINITIONS,
    }


@pytest.mark.parametrize("name", PARTS)
def test_every_input_fits_its_schema_and_there_are_several(name: str) -> None:
    schema = _schema(PARTS[name])
    trials = Generator(schema, SEED).trials(40)
    assert len(trials) >= 10
    validator = Draft202012Validator(schema, format_checker=format_checker())
    for trial in trials:
        validator.validate(trial.arguments)
        json.dumps(trial.arguments, allow_nan=False).encode()
    different = {json.dumps(trial.arguments, sort_keys=True) for trial in trials}
    few = {"constant": 1, "narrowed": 1, "choice": 4}
    assert len(different) >= few.get(name, 6)
    again = Generator(schema, SEED).trials(40)
    assert again == trials
    if name not in few:
        assert Generator(schema, "ab" * 32).trials(40) != trials


@settings(suppress_health_check=[HealthCheck.nested_given])
@given(part=schemas.schemas)
def test_inputs_of_random_schemas_fit_them(part: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"value": part}, "required": ["value"]}
    for trial in Generator(schema, SEED).trials(12):
        Draft202012Validator(schema).validate(trial.arguments)


def test_a_schema_that_nothing_fits_gives_no_input() -> None:
    impossible = {"type": "integer", "minimum": 2, "maximum": 1}
    assert Generator(_schema(impossible), SEED).trials(10) == []
    needs_itself = {
        "type": "object",
        "properties": {"value": {"$ref": "#/$defs/A"}},
        "required": ["value"],
        "$defs": {
            "A": {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"]}
        },
    }
    assert Generator(needs_itself, SEED).trials(10) == []


def test_the_inputs_hold_boundaries_unicode_empty_and_large_values() -> None:
    schema = _schema({"type": "string", "maxLength": 6000})
    texts = [trial.arguments["value"] for trial in Generator(schema, SEED).trials(50)]
    assert "" in texts
    assert any(len(text) == 5000 for text in texts) or "x" * 6000 in texts
    assert any(not text.isascii() for text in texts)
    numbers = _schema({"type": "integer", "minimum": -7, "maximum": 12_345})
    found = [trial.arguments["value"] for trial in Generator(numbers, SEED).trials(50)]
    assert {-7, 12_345, 0, 1, -1} <= set(found)


def test_a_function_without_parameters_is_tried_ten_times() -> None:
    trials = Generator({"type": "object", "properties": {}}, SEED).trials(50)
    assert [trial.arguments for trial in trials] == [{}] * 10


def test_arguments_that_name_files_or_recordings_stay(tmp_path: Path) -> None:
    example = ExampleRun(
        "read", "", {"path": "data/a.csv", "limit": 3}, [("data/a.csv", tmp_path)], None
    )
    assert pinned(example) == ("path",)
    web = ExampleRun("get", "", {"url": "{http}/x", "tags": ["{http}"], "n": 1}, (), [])
    assert pinned(web) == ("url", "tags")
    schema = {
        "type": "object",
        "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["path"],
    }
    trials = Generator(schema, SEED, [Seed(example.arguments, ("path",))]).trials(30)
    assert {trial.arguments["path"] for trial in trials} == {"data/a.csv"}
    assert {trial.example for trial in trials} == {0}
    assert len({json.dumps(trial.arguments) for trial in trials}) == len(trials) > 10


def test_inputs_are_made_in_a_process_of_their_own_that_is_left_when_it_does_not_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tool.py").write_text('def go(value):\n    """Go.\n\n    :raises KeyError: no"""\n')
    spec = FunctionSpec("go", "", _schema({"type": "string"}), {"type": "object"})
    subjects = [Subject(spec, "tool:go")]
    with Generation(tmp_path, subjects, SEED) as generation:
        first = generation.collect()["go"]
    with Generation(tmp_path, subjects, SEED) as generation:
        assert generation.collect()["go"] == first
    assert len(first.trials) == 50 and first.raises == ["KeyError"]
    monkeypatch.setattr("sandbox.trials.generation.WALL_SECONDS", 0.0)
    with Generation(tmp_path, subjects, SEED) as generation:
        assert generation.collect() == {}


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("Raises:\n        KeyError: if absent.\n        a.Error: else.", ("KeyError", "a.Error")),
        (":raises ValueError: if it is empty", ("ValueError",)),
        ("Raises\n    ------\n    OSError\n        Never.", ("OSError",)),
        ("Returns:\n        Nothing.", ()),
    ],
)  # fmt: skip
def test_the_exceptions_that_a_docstring_names(
    tmp_path: Path, section: str, names: tuple[str, ...]
) -> None:
    package = tmp_path / "tool"
    package.mkdir()
    (package / "__init__.py").write_text("from .inner import work as go\n")
    code = f'async def work(value):\n    """Work.\n\n    {section}\n    """\n'
    (package / "inner.py").write_text(f"if True:\n{_indented(code)}")
    assert documented_raises(tmp_path, "tool:go") == names
    assert documented_raises(tmp_path, "tool:missing") == ()
    assert documented_raises(tmp_path, "absent:go") == ()
    (package / "inner.py").write_text("def work(:")
    assert documented_raises(tmp_path, "tool:go") == ()


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line.strip() else "\n" for line in text.splitlines())


def test_a_failing_input_gets_small_within_its_calls() -> None:
    schema = _schema({"type": "string"}) | {"additionalProperties": True}
    schema["properties"]["count"] = {"type": "integer"}
    calls: list[Any] = []

    def fails(arguments: dict[str, Any]) -> bool:
        calls.append(arguments)
        return "\u0130" in arguments["value"]

    start = {"value": "a long text with one \u0130 in it, somewhere", "count": 12}
    found = smaller(start, fails, lambda value: fits_schema(value, schema), calls=20)
    assert len(calls) <= 20
    assert "\u0130" in found["value"] and len(found["value"]) <= 3
    assert "count" not in found
    assert smaller(start, fails, lambda value: True, calls=0) == start
