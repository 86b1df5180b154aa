"""Compatibility over random schemas: sound, reflexive, and not afraid of what only widens."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lumos.package.compatibility import Surface, compare, highest
from lumos.package.functions import FunctionSpec
from tests.package.schemas import inputs, schemas, value_for, widened, wider

EXAMPLES = int(os.environ.get("LUMOS_PROPERTY_EXAMPLES", "40"))
thorough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
PLAIN = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


def level(old: Any, new: Any, *, output: bool = False) -> str | None:
    def surface(schema: Any) -> Surface:
        schemas = (PLAIN, schema) if output else (schema, PLAIN)
        return Surface((FunctionSpec("call", "Calls.", *schemas),))

    return highest(compare(surface(old), surface(new)))


def fits(value: Any, schema: Any) -> bool:
    return bool(Draft202012Validator(schema).is_valid(value))


def as_object(part: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"part": part}, "required": ["part"]}


@thorough
@given(inputs)
def test_a_surface_is_compatible_with_itself(schema: dict[str, Any]) -> None:
    function = FunctionSpec("call", "Calls.", schema, as_object(schema))
    surface = Surface((function,), ("network:example.org",))
    assert compare(surface, surface) == []


@thorough
@given(st.data(), inputs)
def test_a_widened_input_never_breaks(data: st.DataObject, old: dict[str, Any]) -> None:
    new = data.draw(widened(old))
    assert level(old, new) != "major"


@thorough
@given(st.data(), schemas)
def test_a_narrowed_output_never_breaks(data: st.DataObject, new: dict[str, Any]) -> None:
    old = data.draw(wider(new))
    assert level(as_object(old), as_object(new), output=True) != "major"


@thorough
@given(st.data(), schemas, schemas)
def test_an_input_that_is_refused_from_now_on_breaks(
    data: st.DataObject, old: dict[str, Any], new: dict[str, Any]
) -> None:
    value = data.draw(value_for(as_object(old)))
    assume(fits(value, as_object(old)) and not fits(value, as_object(new)))
    assert level(as_object(old), as_object(new)) == "major"


@thorough
@given(st.data(), inputs)
def test_a_small_change_that_refuses_an_input_breaks(
    data: st.DataObject, new: dict[str, Any]
) -> None:
    """Old and new are close to one another, which unrelated random schemas are not."""
    old = data.draw(widened(new))
    value = data.draw(value_for(old))
    assume(fits(value, old) and not fits(value, new))
    assert level(old, new) == "major"


@thorough
@given(st.data(), schemas, schemas)
def test_an_output_that_nobody_expected_breaks(
    data: st.DataObject, old: dict[str, Any], new: dict[str, Any]
) -> None:
    value = data.draw(value_for(as_object(new)))
    assume(fits(value, as_object(new)) and not fits(value, as_object(old)))
    assert level(as_object(old), as_object(new), output=True) == "major"


@thorough
@given(inputs, inputs)
def test_comparing_never_fails_and_every_change_is_told(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    function = (FunctionSpec("call", "Calls.", old, new),)
    other = (FunctionSpec("call", "Calls.", new, old),)
    for change in compare(Surface(function), Surface(other)):
        assert change.level in ("major", "minor", "patch")
        assert change.message.endswith(".")
        assert change.path.split(".")[0].split("[")[0] in ("input", "output")
