"""What each change of a function's schema is worth, and the version that it needs."""

from __future__ import annotations

from typing import Any

import pytest

from lumos.package.compatibility import (
    Change,
    Surface,
    check_bump,
    compare,
    highest,
    required_version,
)
from lumos.package.functions import FunctionSpec
from lumos.package.versions import Version

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
NOTHING = {"type": "null"}


def record(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split()}


def function(
    inputs: dict[str, Any] | None = None, outputs: dict[str, Any] | None = None, **changes: Any
) -> FunctionSpec:
    fields: dict[str, Any] = {
        "name": "search",
        "description": "Searches.",
        "input_schema": inputs or record("query", query=TEXT),
        "output_schema": outputs or record("hits", hits=NUMBER),
        "hints": {},
        "wrapped": False,
    }
    return FunctionSpec(**{**fields, **changes})


def changes(old: FunctionSpec, new: FunctionSpec) -> list[Change]:
    return compare(Surface((old,)), Surface((new,)))


def of_input(old: Any, new: Any) -> list[Change]:
    return changes(function(record(field=old)), function(record(field=new)))


def of_output(old: Any, new: Any) -> list[Change]:
    return changes(
        function(outputs=record("field", field=old)), function(outputs=record("field", field=new))
    )


def test_a_function_removed_is_breaking_and_one_added_is_not() -> None:
    one, two = Surface((function(),)), Surface((function(), function(name="fetch")))
    (removed,) = compare(two, one)
    (added,) = compare(one, two)
    assert (removed.level, removed.function, removed.before) == ("major", "fetch", "fetch")
    assert (added.level, added.function, added.after) == ("minor", "fetch", "fetch")


def test_a_required_input_added_is_breaking() -> None:
    old = function(record("query", query=TEXT))
    (change,) = changes(old, function(record("query limit", query=TEXT, limit=NUMBER)))
    assert (change.level, change.path) == ("major", "input.limit")
    assert (change.before, change.after) == (None, "integer")
    assert "required" in change.message


def test_an_optional_input_added_is_an_addition() -> None:
    old = function(record("query", query=TEXT))
    (change,) = changes(old, function(record("query", query=TEXT, limit=NUMBER)))
    assert (change.level, change.path) == ("minor", "input.limit")


def test_a_first_input_of_a_function_without_any_is_an_addition() -> None:
    assert highest(changes(function(record()), function(record(limit=NUMBER)))) == "minor"


def test_an_input_removed_is_breaking() -> None:
    old = function(record("query", query=TEXT, limit=NUMBER))
    (change,) = changes(old, function(record("query", query=TEXT)))
    assert (change.level, change.path, change.after) == ("major", "input.limit", None)


def test_an_input_that_becomes_required_is_breaking_and_optional_is_not() -> None:
    optional, required = function(record(query=TEXT)), function(record("query", query=TEXT))
    (change,) = changes(optional, required)
    assert (change.level, change.before, change.after) == ("major", False, True)
    assert highest(changes(required, optional)) == "minor"


def test_an_output_removed_is_breaking_even_if_it_was_optional() -> None:
    old = function(outputs=record("hits", hits=NUMBER, page=NUMBER))
    (change,) = changes(old, function(outputs=record("hits", hits=NUMBER)))
    assert (change.level, change.path) == ("major", "output.page")


def test_an_output_added_is_an_addition() -> None:
    new = function(outputs=record("hits page", hits=NUMBER, page=NUMBER))
    (change,) = changes(function(), new)
    assert (change.level, change.path) == ("minor", "output.page")


def test_an_output_that_becomes_optional_is_breaking() -> None:
    (change,) = changes(function(), function(outputs=record(hits=NUMBER)))
    assert (change.level, change.path) == ("major", "output.hits")


NARROWER: list[tuple[Any, Any]] = [
    ({"type": "number"}, NUMBER),
    ({"type": ["string", "null"]}, TEXT),
    ({"anyOf": [TEXT, NOTHING]}, TEXT),
    ({"anyOf": [TEXT, NUMBER, NOTHING]}, {"anyOf": [NOTHING, TEXT]}),
    ({}, TEXT),
    ({"enum": ["a", "b"]}, {"enum": ["a"]}),
    (TEXT, {"type": "string", "enum": ["a", "b"]}),
    ({"enum": [1, True]}, {"enum": [1]}),
    (TEXT, {"const": "a"}),
    ({"type": "boolean"}, {"const": True}),
    (NUMBER, {"type": "integer", "minimum": 0}),
    ({"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 1}),
    ({"type": "number", "minimum": 0}, {"type": "number", "exclusiveMinimum": 0}),
    ({"type": "integer", "maximum": 9}, {"type": "integer", "maximum": 8}),
    (NUMBER, {"type": "integer", "multipleOf": 2}),
    ({"type": "number", "multipleOf": 0.1}, {"type": "number", "multipleOf": 0.2}),
    (TEXT, {"type": "string", "minLength": 1}),
    ({"type": "string", "maxLength": 9}, {"type": "string", "maxLength": 8}),
    (TEXT, {"type": "string", "pattern": "^a"}),
    (TEXT, {"type": "string", "format": "date-time"}),
    ({"type": "array"}, {"type": "array", "items": TEXT}),
    ({"type": "array"}, {"type": "array", "minItems": 1}),
    ({"type": "array"}, {"type": "array", "maxItems": 1}),
    ({"type": "array"}, {"type": "array", "uniqueItems": True}),
    ({"type": "array"}, {"type": "array", "contains": TEXT}),
    ({"type": "array"}, {"type": "array", "prefixItems": [NUMBER]}),
    (record(x=NUMBER), record("x", x=NUMBER)),
    (record(x=NUMBER), {**record(x=NUMBER), "additionalProperties": False}),
    ({"type": "object"}, record(x=NUMBER)),
    (
        {"type": "object", "additionalProperties": {"anyOf": [TEXT, NUMBER]}},
        {"type": "object", "additionalProperties": TEXT},
    ),
    ({"type": "object"}, {"type": "object", "minProperties": 1}),
    ({"type": "object"}, {"type": "object", "maxProperties": 1}),
    ({"type": "object"}, {"type": "object", "propertyNames": {"maxLength": 3}}),
    ({"type": "object"}, {"type": "object", "patternProperties": {"^x": TEXT}}),
    ({"type": "object"}, {"type": "object", "dependentRequired": {"a": ["b"]}}),
    (TEXT, {"type": "string", "not": {"const": "a"}}),
    (TEXT, False),
    ({"type": "array", "items": True}, {"type": "array", "items": False}),
    (
        {"type": "string"},
        {"if": {"minLength": 2}, "then": {"maxLength": 3}, "type": "string"},
    ),
]


OTHER: list[tuple[Any, Any]] = [
    ({"enum": [1, 2]}, {"enum": [True, 2]}),
    ({"const": 0}, {"const": False}),
    ({"not": {"const": 1}}, {"not": {"const": True}}),
    (NUMBER, TEXT),
    ({"enum": ["a", 1]}, TEXT),
    ({"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^b"}),
    ({"type": "array", "items": NUMBER}, {"type": "array", "items": TEXT}),
    ({"type": "array", "prefixItems": [TEXT]}, {"type": "array", "prefixItems": [NUMBER]}),
    (record(x=NUMBER), record(x=TEXT)),
    (record(x=NUMBER), record(y=NUMBER)),
    ({"type": "object", "additionalProperties": TEXT}, record(x=NUMBER)),
    (TEXT, {"not": {"const": "a"}}),
]


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_another_type_is_breaking_both_ways(first: Any, second: Any) -> None:
    for old, new in ((first, second), (second, first)):
        assert highest(of_input(old, new)) == "major"
        assert highest(of_output(old, new)) == "major"


@pytest.mark.parametrize(("wide", "narrow"), NARROWER)
def test_an_input_may_get_wider_and_not_narrower(wide: Any, narrow: Any) -> None:
    assert highest(of_input(wide, narrow)) == "major"
    assert highest(of_input(narrow, wide)) == "minor"


@pytest.mark.parametrize(("wide", "narrow"), NARROWER)
def test_an_output_may_get_narrower_and_not_wider(wide: Any, narrow: Any) -> None:
    assert highest(of_output(narrow, wide)) == "major"
    if narrow is not False:
        assert highest(of_output(wide, narrow)) == "minor"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"type": "string", "title": "A"}, {"type": "string", "title": "B"}),
        ({"type": "string", "description": "A"}, TEXT),
        ({"anyOf": [TEXT, NOTHING]}, {"type": ["null", "string"]}),
        ({"const": "a"}, {"enum": ["a"], "type": "string"}),
        ({"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "minimum": 1}),
        ({"allOf": [TEXT, {"minLength": 1}]}, {"type": "string", "minLength": 1}),
        ({"type": "boolean"}, {"enum": [True, False]}),
    ],
)
def test_another_spelling_is_worth_a_patch(first: Any, second: Any) -> None:
    for old, new in ((first, second), (second, first)):
        assert highest(of_input(old, new)) == "patch"
        assert highest(of_output(old, new)) == "patch"


def test_the_order_of_values_and_the_spelling_of_numbers_are_no_change() -> None:
    assert of_input({"enum": ["a", "b"]}, {"enum": ["b", "a"]}) == []
    assert of_input({"type": "number", "minimum": 1}, {"minimum": 1.0, "type": "number"}) == []


def test_a_change_inside_a_definition_is_told_where_it_is_used() -> None:
    def rows(part: Any) -> dict[str, Any]:
        row = record("id", id=part, tags={"type": "array", "items": TEXT})
        field = {"type": "array", "items": {"$ref": "#/$defs/Row"}}
        return {**record("rows", rows=field), "$defs": {"Row": row}}

    (change,) = changes(function(rows(NUMBER)), function(rows(TEXT)))
    assert (change.level, change.path) == ("major", "input.rows[].id")
    assert (change.before, change.after) == ("integer", "string")


def test_a_definition_with_another_name_is_the_same() -> None:
    def rows(name: str) -> dict[str, Any]:
        field = {"$ref": f"#/$defs/{name}"}
        return {**record("row", row=field), "$defs": {name: record("id", id=NUMBER)}}

    assert highest(changes(function(rows("Row")), function(rows("Line")))) == "patch"


def test_recursive_schemas_are_compared() -> None:
    def tree(part: Any) -> dict[str, Any]:
        child = {"anyOf": [{"$ref": "#/$defs/Node"}, NOTHING]}
        return {
            **record("root", root={"$ref": "#/$defs/Node"}),
            "$defs": {"Node": record("value", value=part, next=child)},
        }

    assert changes(function(tree(NUMBER)), function(tree(NUMBER))) == []
    assert highest(changes(function(tree(NUMBER)), function(tree({"type": "number"})))) == "minor"
    found = changes(function(tree(NUMBER)), function(tree(TEXT)))
    assert found[0].path == "input.root.value" and found[0].level == "major"
    assert len(found) <= 3


def test_a_schema_that_refers_to_itself_alone_is_no_endless_loop() -> None:
    loop = {**record(x={"$ref": "#/$defs/X"}), "$defs": {"X": {"$ref": "#/$defs/X"}}}
    other = {**record(x=NUMBER), "$defs": {}}
    assert highest(changes(function(loop), function(other))) == "major"


def test_a_schema_made_to_explode_is_breaking_instead_of_endless() -> None:
    def bomb(leaf: Any) -> dict[str, Any]:
        definitions: dict[str, Any] = {"d0": leaf}
        for level in range(1, 30):
            part = {"$ref": f"#/$defs/d{level - 1}"}
            definitions[f"d{level}"] = record(a=part, b=part, c={"anyOf": [part, part]})
        return {**record(x={"$ref": "#/$defs/d29"}), "$defs": definitions}

    found = changes(function(bomb(NUMBER)), function(bomb({"type": "integer", "minimum": 0})))
    assert highest(found) == "major"


def test_tagged_unions_may_get_another_option() -> None:
    def shape(*kinds: str) -> dict[str, Any]:
        return {"oneOf": [record("kind", kind={"const": kind}, size=NUMBER) for kind in kinds]}

    assert (
        highest(of_input(shape("circle", "square"), shape("circle", "square", "line"))) == "minor"
    )
    assert highest(of_input(shape("circle", "square"), shape("circle"))) == "major"


def test_another_default_is_worth_a_minor_version() -> None:
    (change,) = of_input({"type": "integer", "default": 1}, {"type": "integer", "default": 2})
    assert (change.level, change.before, change.after) == ("minor", {"default": 1}, {"default": 2})


def test_descriptions_are_worth_a_patch_and_are_told() -> None:
    found = changes(function(), function(description="Searches the web."))
    assert [(change.level, change.path) for change in found] == [("patch", "description")]
    assert (found[0].before, found[0].after) == ("Searches.", "Searches the web.")


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ({"read_only": True}, {"read_only": False}, "minor"),
        ({"read_only": True}, {}, "minor"),
        ({"destructive": False}, {"destructive": True}, "minor"),
        ({}, {"read_only": True}, "patch"),
        ({"open_world": True}, {"open_world": False}, "patch"),
        ({}, {"read_only": False}, "patch"),
        ({"deterministic": True}, {}, "minor"),
        ({}, {"deterministic": True}, "patch"),
    ],
)
def test_a_hint_that_turns_unsafe_is_worth_a_minor_version(
    old: dict[str, bool], new: dict[str, bool], level: str
) -> None:
    assert highest(changes(function(hints=old), function(hints=new))) == level


def test_wrapping_the_output_is_breaking() -> None:
    wrapped = function(outputs=record("result", result=NUMBER), wrapped=True)
    plain = function(outputs=record("result", result=NUMBER))
    assert highest(changes(plain, wrapped)) == "major"


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ((), ("file-read",), "major"),
        (("file-read",), (), "patch"),
        (("network:*",), ("network:api.example.org",), "patch"),
        (("network:api.example.org",), ("network:*",), "major"),
        (("network:*.example.org",), ("network:api.example.org",), "patch"),
        (("network:a.example.org",), ("network:b.example.org",), "major"),
        (("file-read", "crypto"), ("crypto", "file-read"), None),
    ],
)
def test_a_permission_added_is_breaking(
    old: tuple[str, ...], new: tuple[str, ...], level: str | None
) -> None:
    assert highest(compare(Surface((), old), Surface((), new))) == level


def _changes(level: str | None) -> list[Change]:
    return [Change(level, "f", "input.x", None, None, "f: x changed.")] if level else []


@pytest.mark.parametrize(
    ("old", "level", "lowest"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", None, "1.2.4"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "minor", "0.3.0"),
        ("0.2.3", "patch", "0.2.4"),
        ("0.0.3", "major", "0.1.0"),
        ("2.0.0-beta.1", "major", "2.0.0-beta.2"),
        ("1.3.0-beta.1", "minor", "1.3.0-beta.2"),
        ("1.3.0-beta.1", "major", "2.0.0"),
        ("1.3.1-rc.1", "minor", "1.4.0"),
        ("1.3.1-rc.1", None, "1.3.1-rc.2"),
        ("0.4.0-beta.1", "major", "0.4.0-beta.2"),
    ],
)
def test_the_lowest_version_allowed(old: str, level: str | None, lowest: str) -> None:
    assert str(required_version(Version.parse(old), _changes(level))) == lowest


@pytest.mark.parametrize(
    ("old", "new", "level", "is_allowed"),
    [
        ("1.2.3", "2.0.0", "major", True),
        ("1.2.3", "2.0.0-beta.1", "major", True),
        ("1.2.3", "1.3.0", "major", False),
        ("1.2.3", "1.3.0-rc.1", "minor", True),
        ("1.2.3", "1.2.4", "minor", False),
        ("1.2.3", "1.2.4", "patch", True),
        ("1.2.3", "1.2.4-rc.1", None, True),
        ("0.2.0", "0.3.0", "major", True),
        ("0.2.0", "0.2.1", "major", False),
        ("2.0.0-beta.1", "2.0.0", "major", True),
        ("1.2.4-beta.1", "1.2.4", "major", False),
    ],
)
def test_a_version_cannot_lie(old: str, new: str, level: str | None, is_allowed: bool) -> None:
    finding = check_bump(Version.parse(old), Version.parse(new), _changes(level))
    assert (finding is None) == is_allowed
    if finding is not None:
        assert finding.blocking
        assert finding.evidence["changes"][0]["path"] == "input.x"
        assert finding.evidence["required"] in finding.fix
