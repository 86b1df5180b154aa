"""functions.json made inside the sandbox, and what a tool can do to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import DescriptionFailed, Limits, describe_tool
from sandbox.describe import read_answer
from tests.sandbox.support import TOOLS, written

pytestmark = pytest.mark.sandbox


def test_a_function_is_described_as_an_mcp_client_sees_it(sandbox: None, tmp_path: Path) -> None:
    found = describe_tool(
        TOOLS / "good",
        functions={"repeat": "acme_good:describe_me"},
        hints={"repeat": {"read_only": True}},
    )
    (function,) = found
    assert function["name"] == "repeat"
    assert function["description"] == "Repeat a text."
    assert function["input_schema"]["properties"]["text"]["description"] == "What to repeat."
    assert function["input_schema"]["required"] == ["text"]
    assert function["output_schema"]["properties"]["result"]["type"] == "array"
    assert (function["wrapped"], function["hints"]) == (True, {"read_only": True})


def test_a_refusal_is_a_finding_with_file_and_line(sandbox: None, tmp_path: Path) -> None:
    package = written(tmp_path, "acme_bare", "def bare(\n    text,\n) -> dict:\n    return {}\n")
    with pytest.raises(DescriptionFailed) as caught:
        describe_tool(package, functions={"bare": "acme_bare:bare"})
    (finding,) = caught.value.findings
    assert finding["rule"] == "schema/parameter-without-type"
    assert (finding["file"], finding["line"]) == ("acme_bare.py", 2)


def test_an_import_that_never_ends_is_a_finding(sandbox: None, tmp_path: Path) -> None:
    package = written(tmp_path, "acme_slow", "import time\ntime.sleep(1000)\n")
    limits = Limits(wall_seconds=2)
    with pytest.raises(DescriptionFailed, match="did not finish"):
        describe_tool(package, functions={"slow": "acme_slow:slow"}, limits=limits)


def test_the_generator_works_beside_dependencies_that_break_it(
    sandbox: None, tmp_path: Path
) -> None:
    dependencies = tmp_path / "dependencies"
    dependencies.mkdir()
    (dependencies / "anyio.py").write_text("raise ImportError('an old anyio')\n")
    package = written(tmp_path, "acme_old", "def fine(a: int) -> int:\n    return a\n")
    found = describe_tool(
        package, functions={"fine": "acme_old:fine"}, dependencies_dir=dependencies
    )
    assert found[0]["input_schema"]["properties"]["a"]["type"] == "integer"


@pytest.mark.parametrize(
    "forged",
    [
        None,
        [],
        {"ok": True},
        {"ok": True, "functions": [{"name": 1}]},
        {"ok": True, "functions": "x"},
        {"ok": False, "findings": ["x", {"rule": "schema/x"}]},
        {"ok": "yes", "functions": []},
    ],
)
def test_an_answer_that_a_tool_forged_is_refused(forged: object) -> None:
    with pytest.raises(DescriptionFailed) as caught:
        read_answer(forged)
    assert caught.value.findings[0]["rule"] == "schema/not-generated"
