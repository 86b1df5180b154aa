"""Damaged and hostile texts: refused in order, never with another error, never for long."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from lumos.package.compatibility import Surface, compare
from lumos.package.findings import PackageRefused
from lumos.package.functions import FunctionSpec, functions_digest, parse_functions
from lumos.package.manifest.reader import parse_manifest
from lumos.package.manifest.recordings import InvalidRecording, parse_recording
from lumos.package.metadata.reader import parse_metadata
from lumos.package.schema.limits import schema_problems
from lumos.package.schema.providers import provider_issues
from lumos.package.schema.validation import value_problems
from tests.package.test_manifest import WHOLE
from tests.package.wheels import function_spec, functions_json, members

SEED = int(os.environ.get("LUMOS_FUZZ_SEED", "20261122"))
SCRAPS = (
    *"\"'[]{}=,\\\n\r\x00#\u202e-.:",
    *("1e999", "9" * 400, "null", "nan", "inf", "true", '"""', "\\ud800", "$ref", "é" * 50),
    *("1979-05-27T07:32:00Z", "@ https://a.invalid", "\n\n", "(" * 300, "[" * 90),
)


def damaged(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        match chance.randrange(4):
            case 0:
                text = text[:start] + chance.choice(SCRAPS) + text[start:]
            case 1:
                text = text[:start] + text[start + chance.randrange(1, 30) :]
            case 2:
                end = start + chance.randrange(1, 60)
                text = text[:start] + text[start:end] * 2 + text[end:]
            case 3:
                text = text[:start] + chance.choice(SCRAPS) + text[start + 1 :]
    return text


METADATA = members()["demo_hello-1.0.0.dist-info/METADATA"].decode()
RECORDING = '[{"request": {"method": "GET", "path": "/"}, "response": {"status": 200}}]'
READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "tool.toml": (WHOLE, lambda text: parse_manifest(text, import_package="acme_web_search")),
    "functions.json": (functions_json([function_spec(), function_spec("b")]), parse_functions),
    "METADATA": (METADATA, lambda text: parse_metadata(text.encode())),
    "recording": (RECORDING, parse_recording),
}


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_damaged_text_is_read_or_refused(kind: str) -> None:
    text, read = READERS[kind]
    chance = random.Random(SEED)
    for _ in range(250):
        try:
            read(damaged(text, chance))
        except (PackageRefused, InvalidRecording) as error:
            assert str(error)


KEYS = (
    *("type", "properties", "items", "anyOf", "oneOf", "allOf", "enum", "const", "$ref", "$defs"),
    *("required", "minimum", "exclusiveMaximum", "pattern", "additionalProperties", "multipleOf"),
    *(
        "prefixItems",
        "not",
        "x",
        "format",
        "contains",
        "if",
        "then",
        "dependentRequired",
        "default",
    ),
    *("patternProperties", "uniqueItems", "minLength", "propertyNames", "default"),
)


def random_json(chance: random.Random, level: int = 0) -> Any:
    match chance.randrange(9 if level < 4 else 6):
        case 0:
            return chance.choice([None, True, False])
        case 1:
            return chance.choice([0, -1, 3, 10**60, 1.5, -0.0, 1e300])
        case 2 | 3:
            return chance.choice(["object", "string", "array", "#", "#/$defs/a", "(", "^a*$", ""])
        case 4 | 5:
            return chance.choice([{}, [], ["a"], {"type": "string"}, {"type": "integer"}])
        case 6:
            return [random_json(chance, level + 1) for _ in range(chance.randrange(3))]
        case _:
            size = chance.randrange(4)
            return {chance.choice(KEYS): random_json(chance, level + 1) for _ in range(size)}


def test_whatever_passes_for_a_schema_can_be_used_as_one() -> None:
    chance = random.Random(SEED)
    accepted: list[dict[str, Any]] = []
    for _ in range(1_500):
        schema = {"type": "object", "properties": {"a": random_json(chance)}, "$defs": {"a": {}}}
        if schema_problems(schema):
            continue
        spec = FunctionSpec("f", "", schema, schema)
        value_problems({"a": random_json(chance)}, schema)
        provider_issues(spec)
        assert functions_digest([spec])
        if accepted:
            other = FunctionSpec("f", "", accepted[-1], schema)
            compare(Surface((spec,)), Surface((other,)))
        accepted.append(schema)
    assert len(accepted) > 100


def doubling(levels: int = 30) -> dict[str, Any]:
    parts: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, levels):
        part = {"$ref": f"#/$defs/d{level - 1}"}
        parts[f"d{level}"] = {
            "type": "object",
            "properties": {"a": part, "b": {"anyOf": [part, part]}},
        }
    field = {"$ref": f"#/$defs/d{levels - 1}"}
    return {"type": "object", "properties": {"x": field}, "$defs": parts}


def unions(width: int = 40) -> dict[str, Any]:
    option = [{"type": "array", "items": {"enum": [number]}} for number in range(width)]
    field = {"anyOf": [{"type": "array", "items": {"anyOf": option}} for _ in range(width)]}
    return {"type": "object", "properties": {"x": field}}


def wide(width: int = 1_500) -> dict[str, Any]:
    fields = {f"f{number}": {"type": "string", "minLength": number} for number in range(width)}
    return {"type": "object", "properties": fields}


@pytest.mark.parametrize("make", [doubling, unions, wide])
def test_schemas_made_to_explode_take_bounded_time(make: Callable[[], dict[str, Any]]) -> None:
    first, second = make(), json.loads(json.dumps(make()).replace('"string"', '"integer"'))
    old, new = (FunctionSpec("f", "", schema, schema) for schema in (first, second))
    start = time.process_time()
    parse_functions(functions_json([function_spec(input_schema=first)]))
    compare(Surface((old,)), Surface((new,)))
    provider_issues(old)
    assert time.process_time() - start < 15
