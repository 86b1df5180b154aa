"""What a request asks for in its query is understood or refused, never ignored."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.description import DESCRIPTION
from tests.support import Person, assert_ok, assert_problem

READS = {
    path: [each for each in methods["get"].get("parameters", ()) if each["in"] == "query"]
    for path, methods in DESCRIPTION["paths"].items()
    if "get" in methods
}
PARAMETERS = [
    pytest.param(path, each["name"], each["schema"], id=f"{path} {each['name']}")
    for path, parameters in READS.items()
    for each in parameters
]


def _address(path: str) -> str:
    """The path with something in each of its places: the query is judged before it is looked up."""
    text = path.replace("{publication_id}", "00000000-0000-4000-8000-000000000000")
    for name in ("organization_id", "user_id"):
        text = text.replace(f"{{{name}}}", "1")
    return re.sub(r"\{\w+\}", "x", text)


@pytest.mark.parametrize("path", READS)
def test_an_unknown_parameter_is_named_beside_those_that_are_known(
    alice: Person, path: str
) -> None:
    known = sorted(each["name"] for each in READS[path])
    for name in ("unheard_of", "format", "q[]", "SORT", ""):
        answer = alice.get(f"{_address(path)}?{quote(name)}=1")
        document = assert_problem(answer, 422, "unknown_parameter")
        assert f"'{name}'" in document["detail"]
        assert sorted(document["allowed"]) == known
        assert all(each in document["suggestion"] for each in known)
    assert alice.send("HEAD", f"{_address(path)}?unheard_of=1").status == 422


def test_who_searches_at_the_list_is_sent_to_search(visitor: Person) -> None:
    document = assert_problem(visitor.get("/api/v1/tools?q=csv"), 422, "unknown_parameter")
    assert "GET /api/v1/search?q=" in document["suggestion"]


def test_a_write_does_not_ignore_its_query_either(alice: Person) -> None:
    """Who writes ?dry_run=1 must not find the tool published."""
    answer = alice.send("POST", "/api/v1/publications?dry_run=1")
    assert_problem(answer, 422, "unknown_parameter")


def _outside(schema: dict[str, Any]) -> list[str]:
    """Values that the schema forbids."""
    if "enum" in schema:
        return ["", "nothing", schema["enum"][0].upper(), schema["enum"][0] + " "]
    if schema["type"] == "integer":
        beyond = [str(schema["minimum"] - 1), str(schema["maximum"] + 1)]
        return ["", *beyond, "one", "1.0", "+1", " 1", "\u00b2", "9" * 30]
    return ["", " ", "\u00e4\u00f6"] if "pattern" in schema else []


@pytest.mark.parametrize(("path", "name", "schema"), PARAMETERS)
def test_what_the_description_forbids_is_refused_by_name(
    visitor: Person, path: str, name: str, schema: dict[str, Any]
) -> None:
    for value in _outside(schema):
        assert_problem(visitor.get(f"{_address(path)}?{name}={quote(value)}"), 422, name)


@pytest.mark.parametrize(("path", "name", "schema"), PARAMETERS)
def test_a_parameter_is_given_once(
    visitor: Person, path: str, name: str, schema: dict[str, Any]
) -> None:
    assert_problem(visitor.get(f"{_address(path)}?{name}=1&{name}=1"), 422, name)


@pytest.mark.parametrize(
    ("path", "name", "schema"), [each for each in PARAMETERS if "{" not in str(each.values[0])]
)
def test_what_the_description_allows_is_taken(
    visitor: Person, path: str, name: str, schema: dict[str, Any]
) -> None:
    values = [*schema.get("enum", ()), schema.get("default"), schema.get("minimum")]
    for value in values:
        if value is not None:
            assert_ok(visitor.get(f"{path}?{name}={value}"))


def test_the_description_bounds_every_parameter() -> None:
    described = {
        (path, name): schema for path, name, schema in (each.values for each in PARAMETERS)
    }
    unbounded = {
        key for key, schema in described.items()
        if not schema.keys() & {"enum", "minimum", "pattern"}
    }  # fmt: skip
    assert unbounded == {("/api/v1/search", "q")}, "its length is counted without spare blanks"
