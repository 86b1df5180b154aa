"""functions.json, generated from signatures and docstrings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lumos.package.functions import from_generator
from lumos.runtime.describe import DescriptionRefused, describe, generator

CODE = '''
from __future__ import annotations
import dataclasses, enum, typing
from pydantic import Field
from typing import Annotated, Any, TypedDict
print("imported")

class Inner(TypedDict):
    a: int

class Outer(TypedDict):
    inner: Inner

@dataclasses.dataclass
class Row:
    name: str
    size: int = 0

@dataclasses.dataclass
class Holder:
    inner: list[Inner]

class Kind(enum.Enum):
    A = "a"

class Opaque:
    pass

async def google(query: str, limit: Annotated[int, Field(ge=1)] = 10, kind: Kind = Kind.A) -> Row:
    """Find rows.

    More about it.

    Args:
        query: What to look for,
            in two lines.
        limit (int): How many.

    Returns:
        The rows.
    """

def rest(query: str) -> list[str]:
    """Find.

    :param query: What to look for.
    """

def numpy(query: str, own: Annotated[str, Field(description="Mine.")] = "") -> dict[str, int]:
    """Find.

    Parameters
    ----------
    query : str
        What to look for.
    own : str
        Not this.
    """

def keyword_only(*, schema: str, json: int | None = None) -> str | None: ...
def typed_dict(a: int) -> Inner: ...
def no_type(a: int,
            b) -> int: ...
def variadic(*args: int, **options: int) -> int: ...
def bare_dict(a: int) -> dict: ...
def bare_list(a: int) -> list: ...
def no_result(a: int): ...
def nested_field(a: int) -> Holder: ...
def nested_key(a: int) -> Outer: ...
def nested_input(a: Inner) -> int: ...
def callback(a: typing.Callable[[], int]) -> int: ...
def opaque_in(a: Opaque) -> int: ...
def opaque_out(a: int) -> Opaque: ...
def positional(a: int, /) -> int: ...
def underscore(_a: int) -> int: ...
def generator(a: int) -> typing.Iterator[int]:
    yield a
def unknown(a: Missing) -> int: ...
def infinite(a: float = float("inf")) -> int: ...
constant = 3
class Callable:
    def __call__(self, a: int) -> int: ...
instance = Callable()
'''

REFUSED = {
    "no_type": "parameter-without-type",
    "variadic": "variadic-parameter",
    "bare_dict": "result-without-schema",
    "bare_list": "result-without-schema",
    "no_result": "result-without-type",
    "callback": "parameter-without-schema",
    "opaque_in": "parameter-without-schema",
    "opaque_out": "result-without-schema",
    "positional": "positional-only-parameter",
    "underscore": "parameter-name",
    "generator": "not-a-function",
    "unknown": "unknown-type",
    "infinite": "default-without-json",
    "constant": "not-a-function",
    "instance": "not-a-function",
    "absent": "not-importable",
}
BELOW_3_12 = dict.fromkeys(("nested_field", "nested_key", "nested_input"), "nested-typed-dict")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "acme_described.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_described", raising=False)
    return "acme_described"


def one(module: str, name: str, **hints: bool) -> dict[str, object]:
    (found,) = describe({name: f"{module}:{name}"}, {name: hints})
    return found


def test_descriptions_come_from_the_docstring_in_its_usual_styles(module: str) -> None:
    found = one(module, "google")
    assert found["description"] == "Find rows.\n\nMore about it."
    properties = found["input_schema"]["properties"]
    assert properties["query"]["description"] == "What to look for, in two lines."
    assert properties["limit"] == {
        "default": 10,
        "description": "How many.",
        "minimum": 1,
        "title": "Limit",
        "type": "integer",
    }
    for name in ("rest", "numpy"):
        properties = one(module, name)["input_schema"]["properties"]
        assert properties["query"]["description"] == "What to look for."
    assert properties["own"]["description"] == "Mine.", "the author's own words win"


def test_results_are_wrapped_as_mcp_wraps_them(module: str) -> None:
    wrapped = {
        name: one(module, name)["wrapped"]
        for name in ("google", "rest", "numpy", "keyword_only", "typed_dict")
    }
    assert wrapped == {
        "google": False,
        "rest": True,
        "numpy": False,
        "keyword_only": True,
        "typed_dict": False,
    }
    schema = one(module, "rest")["output_schema"]
    assert schema["required"] == ["result"]


def test_names_that_clash_with_the_generator_s_own_are_kept(module: str) -> None:
    assert set(one(module, "keyword_only")["input_schema"]["properties"]) == {"schema", "json"}


@pytest.mark.parametrize(
    ("entry", "code", "file", "line"),
    [
        ("acme_broken:f", "A = 1\ndef f(:\n", "acme_broken.py", 2),
        ("acme_broken:f", "A = 1\nB = A / 0\n", "acme_broken.py", 2),
        ("acme_broken:f", "\nimport acme_nowhere\n", "acme_broken.py", 2),
        ("acme_nowhere:f", "", "", None),
    ],
)
def test_what_cannot_be_imported_is_shown_where_its_author_wrote_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, code: str, file: str, line: int
) -> None:
    (tmp_path / "acme_broken.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_broken", raising=False)
    with pytest.raises(DescriptionRefused) as refused:
        describe({"f": entry})
    (found,) = refused.value.findings
    assert (found["rule"], found["file"], found["line"]) == ("schema/not-importable", file, line)


def test_only_the_hints_that_were_given_are_kept(module: str) -> None:
    found = one(module, "google", read_only=True, open_world=False, deterministic=True)
    assert found["hints"] == {"read_only": True, "open_world": False, "deterministic": True}


def test_entries_are_sorted_by_name(module: str) -> None:
    entries = {"b": f"{module}:google", "a": f"{module}:rest"}
    assert [item["name"] for item in describe(entries)] == ["a", "b"]


@pytest.mark.parametrize("name", REFUSED | (BELOW_3_12 if sys.version_info < (3, 12) else {}))
def test_what_gives_no_schema_is_refused_with_a_fix(module: str, name: str) -> None:
    with pytest.raises(DescriptionRefused) as caught:
        one(module, name)
    report = caught.value.findings[0]
    finding = from_generator(report)
    assert finding.rule == f"schema/{(REFUSED | BELOW_3_12)[name]}"
    assert name in finding.message
    assert finding.why
    assert finding.fix
    assert finding.blocking
    written = finding.as_dict()
    assert {key: written[key] for key in report if key != "file"} == {
        key: value for key, value in report.items() if key != "file"
    }
    assert written["file"] == (report["file"] or "functions.json")


def test_a_finding_points_at_the_parameter_s_line(module: str) -> None:
    with pytest.raises(DescriptionRefused) as caught:
        one(module, "no_type")
    finding = caught.value.findings[0]
    line = CODE.splitlines()[finding["line"] - 1]
    assert (finding["file"], line.strip()) == ("acme_described.py", "b) -> int: ...")


def test_all_functions_are_told_at_once(module: str) -> None:
    with pytest.raises(DescriptionRefused) as caught:
        describe({name: f"{module}:{name}" for name in ("variadic", "no_result", "google")})
    assert len(caught.value.findings) == 3


def test_as_a_program_it_prints_json_whatever_the_tool_prints(module: str, tmp_path: Path) -> None:
    request = {"functions": {"rest": f"{module}:rest"}, "hints": {}}
    done = subprocess.run(
        [sys.executable, "-m", "lumos.runtime.describe", "--path", str(tmp_path)],
        input=json.dumps(request),
        capture_output=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
        text=True,
    )
    found = json.loads(done.stdout)
    assert found["ok"]
    assert found["generator"] == generator() == "mcp 2.3.0"
    assert "imported" in done.stderr
