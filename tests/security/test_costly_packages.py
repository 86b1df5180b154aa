"""A small package that asks for endless work is refused, or costs little."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from catalog.markdown import render_readme
from catalog.models import Release
from lumos.package.compatibility import Surface, compare
from lumos.package.findings import PackageRefused
from lumos.package.functions import FunctionSpec
from lumos.package.metadata.reader import parse_metadata
from lumos.package.schema.providers import provider_issues
from lumos.package.wheel import read_wheel
from marketplace.presenters import schemas
from publishing import golive
from tests.package.wheels import build_wheel, function_spec
from tests.security.cpu_time import within
from tests.support import Person
from tests.support.jobs import live_tool

METADATA = "Metadata-Version: 2.4\nName: demo-hello\nVersion: 1.0.0\nSummary: x\nLicense: MIT\n"
SECONDS = 4.0


def _many_ways(count: int) -> dict[str, Any]:
    """Objects within objects, each with ``count`` ways to itself."""
    way = {"$ref": "#/$defs/Node"}
    node = {"type": "object", "properties": {f"p{number}": way for number in range(count)}}
    return {"type": "object", "properties": {"a": way}, "$defs": {"Node": node}}


def _many_options(count: int) -> dict[str, Any]:
    """A union of arrays of the same union."""
    way = {"$ref": "#/$defs/Node"}
    node = {"anyOf": [{"type": "array", "title": f"t{i}", "items": way} for i in range(count)]}
    return {"type": "object", "properties": {"a": way}, "$defs": {"Node": node}}


def _long_chain(length: int) -> dict[str, Any]:
    """Each link has two ways to the next, so that there are 2**length ways through it."""
    links: dict[str, Any] = {f"L{length}": {"type": "string"}}
    for number in range(length):
        way = {"$ref": f"#/$defs/L{number + 1}"}
        links[f"L{number}"] = {"type": "object", "properties": {"a": way, "b": way}}
    return {"type": "object", "properties": {"a": {"$ref": "#/$defs/L0"}}, "$defs": links}


SCHEMAS = {
    "ways": _many_ways(60),
    "options": _many_options(40),
    "chain": _long_chain(40),
    "long texts": {
        "type": "object",
        "properties": {f"p{number}": {"$ref": "#/$defs/Long"} for number in range(1000)},
        "$defs": {"Long": {"enum": ["x" * 100] * 1000, "description": "y" * 100_000}},
    },
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_that_leads_to_itself_is_shown_and_judged_soon(name: str) -> None:
    schema = SCHEMAS[name]
    spec = FunctionSpec("f", "", schema, {"type": "object", "properties": {}})
    grown = {**schema, "properties": {**schema["properties"], "z": {"type": "string"}}}
    other = FunctionSpec("f", "", grown, {"type": "object", "properties": {}})
    with within(SECONDS):
        rows = schemas.parameters(schema)
        line = schemas.signature("f", schema, schema)
        schemas.type_label(schema)
        provider_issues(spec)
    if name != "long texts":  # a thousand fields of a thousand values are many to compare
        with within(SECONDS):
            compare(Surface((spec,), ()), Surface((other,), ()))
    shown = sum(len(row.name + row.type + row.description + "".join(row.limits)) for row in rows)
    assert shown + len(line) < 500_000


@pytest.mark.parametrize(
    "fields",
    [
        "".join(f"X{number}: a\n" for number in range(60_000)),
        "Description-Content-Type: text/markdown; " + "a=b; " * 100_000 + "\n",
        "Author-email: " + "(" * 100_000 + "\n",
        "Requires-Dist: a" + ">=1," * 20_000 + "<2\n",
        "Requires-Python: " + ">=3.0," * 20_000 + "<3.0\n",
        "Requires-Dist: " + "a" * 300 + "\n",
        "Requires-Python: " + ",".join(f"!=3.99.{number}" for number in range(100)) + "\n",
        "License-Expression: " + " OR ".join(["MIT"] * 100) + "\n",
    ],
    ids=lambda fields: fields[:24].strip(),
)
def test_metadata_of_endless_fields_is_refused_at_once(fields: str) -> None:
    with within(SECONDS), pytest.raises(PackageRefused):
        parse_metadata((METADATA + fields + "\n# Hello\n").encode())


def test_comments_within_comments_are_refused_and_do_not_crash() -> None:
    with pytest.raises(PackageRefused):
        parse_metadata(f"{METADATA}Author-email: {'(' * 5_000}\n\n# Hello\n".encode())


def test_a_number_that_json_elsewhere_cannot_carry_is_refused(tmp_path: Path) -> None:
    spec = function_spec("hello")
    spec["input_schema"]["properties"]["times"]["maximum"] = 2**64
    with pytest.raises(PackageRefused, match="64 bits"):
        read_wheel(build_wheel(tmp_path, functions=[spec]))


def test_a_file_name_that_leaves_no_room_for_what_stands_beside_it(tmp_path: Path) -> None:
    tag = ".".join(f"py{number}" for number in range(2, 45))
    with pytest.raises(PackageRefused, match="characters"):
        read_wheel(build_wheel(tmp_path, tag=f"{tag}-none-any"))


@pytest.mark.parametrize(
    "text",
    [
        "# a\n" * 20_000,
        "```\n" * 20_000,
        "```js\n/a\n```\n" * 5_000,
        "```xml\n" + "<!--" * 50_000 + "\n```\n",
    ],
    ids=["headings", "fences", "code", "comments"],
)
def test_a_readme_that_repeats_itself_is_rendered_soon(text: str) -> None:
    with within(SECONDS):
        render_readme(text)


def test_headings_of_one_name_keep_ids_of_their_own() -> None:
    html = render_readme("# Usage\n\n# Usage\n\n# Usage\n\n# Usage-1\n")
    for identifier in ("usage", "usage-1", "usage-2", "usage-1-1"):
        assert f'id="readme-{identifier}"' in html


def test_nobody_waits_for_a_readme_to_be_rendered(
    alice: Person, tmp_path: Path, recorded_checks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer: what takes long must come before the transaction."""
    depth: list[int] = []

    def noted(text: str) -> str:
        depth.append(len(transaction.get_connection().savepoint_ids))
        return render_readme(text)

    outside = len(transaction.get_connection().savepoint_ids)
    monkeypatch.setattr(golive, "render_readme", noted)
    live_tool(alice, tmp_path)
    assert Release.objects.count() == 1
    assert set(depth) == {outside}
