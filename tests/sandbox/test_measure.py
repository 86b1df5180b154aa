"""What a run of a tool reports: values, times, memory, what was printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import ExampleRun, Limits, SandboxReport, interpreters
from sandbox.limits import MIB
from tests.sandbox.support import by_name, copied, example, left_running, run

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def good(sandbox: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    package = copied("good", tmp_path_factory.mktemp("tools"))
    (package / "page.html").write_text("<p>page</p>")
    yield package
    assert left_running(package) == []


@pytest.fixture(scope="module")
def report(good: Path, tmp_path_factory: pytest.TempPathFactory) -> SandboxReport:
    elsewhere = tmp_path_factory.mktemp("files") / "row.csv"
    elsewhere.write_text("a,b")
    examples = [
        example("answer", text="hello"),
        example("slowly", seconds=0.05),
        example("count"),
        example("cached"),
        example("allocate", size=64 * MIB),
        example("random_value"),
        ExampleRun(
            "read",
            "from the package",
            {"name": "x/page.html"},
            [("x/page.html", good / "page.html")],
        ),
        ExampleRun("read", "from elsewhere", {"name": "row.csv"}, [("row.csv", elsewhere)]),
        example("folder"),
    ]
    told: list[str] = []
    found = run(
        good,
        "acme_good",
        examples,
        limits=Limits(),
        repeats=4,
        cold_starts=3,
        progress=told.append,
    )
    assert told[:2] == ["Importing the tool", "Running example 1 of 9: answer"]
    return found


def test_values_are_the_functions_own(report: SandboxReport) -> None:
    found = by_name(report)
    assert found["answer"].value == {"text": "hello", "length": 5}
    assert found["from the package"].value == "<p>page</p>"
    assert found["from elsewhere"].value == "a,b"


def test_what_is_printed_belongs_to_its_example(report: SandboxReport) -> None:
    found = by_name(report)
    assert found["answer"].stdout == "answering hello\n"
    assert found["answer"].stderr == "a warning\n"
    assert found["count"].stdout == ""


def test_every_call_starts_from_the_same_state(report: SandboxReport) -> None:
    found = by_name(report)
    assert found["count"].value == 1
    assert found["count"].consistent
    assert min(found["cached"].timings_ms) >= 30, "a cache must not outlive its call"
    assert found["folder"].value == ["made-here"]


def test_a_value_that_changes_is_noticed(report: SandboxReport) -> None:
    assert not by_name(report)["random_value"].consistent


def test_times_are_taken_outside(report: SandboxReport) -> None:
    slowly = by_name(report)["slowly"]
    assert len(slowly.timings_ms) == 4
    assert all(50 <= each < 5000 for each in slowly.timings_ms), slowly.timings_ms
    assert len(report.cold_start_ms) == 3
    assert all(each >= 50 for each in report.cold_start_ms)
    assert report.overhead_ms is not None
    assert report.overhead_ms < 1000


def test_memory_is_taken_outside(report: SandboxReport) -> None:
    found = by_name(report)
    small, large = found["count"].peak_memory_bytes, found["allocate"].peak_memory_bytes
    assert small is not None
    assert large is not None
    assert 4 * MIB < small < 64 * MIB < large < 256 * MIB


def test_the_report_is_json_with_machine_limits_and_layers(report: SandboxReport) -> None:
    found = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert found["ok"]
    assert set(found["machine"]) == {"os", "kernel", "cpu", "cores", "memory_bytes", "python"}
    assert "system call filter" in found["layers"]
    assert found["limits"]["wall_seconds"] == Limits().wall_seconds
    assert found["violations"] == []


def test_inputs_that_do_not_fit_are_told(good: Path) -> None:
    found = run(good, "acme_good", [example("slowly", seconds="soon"), example("answer", txt="x")])
    first, second = found.examples
    assert first.message.startswith("The input does not match the function: The argument seconds")
    assert "no parameter txt" in second.message
    assert (first.error or {})["kind"] == "arguments"


def test_a_value_that_is_too_large_to_store_is_left_out_of_the_report(good: Path) -> None:
    found = run(good, "acme_good", [example("describe_me", text="x" * 1000, times=100)])
    assert len(found.examples[0].value) == 100
    stored = found.examples[0].as_dict()
    assert stored["value"] is None
    assert stored["value_omitted_bytes"] > 100_000


def test_a_file_name_that_leads_outside_is_refused(good: Path) -> None:
    bad = ExampleRun("read", "bad", {}, [("../x", good / "page.html")])
    with pytest.raises(ValueError, match="must lie inside the working folder"):
        run(good, "acme_good", [bad])


def test_a_tool_finds_its_dependencies(sandbox: None, good: Path, tmp_path: Path) -> None:
    dependencies = tmp_path / "dependencies"
    (dependencies / "helper").mkdir(parents=True, mode=0o700)
    (dependencies / "helper" / "__init__.py").write_text(
        "def word() -> str:\n    return 'helped'\n"
    )
    found = run(dependencies, "helper", [example("word")], dependencies_dir=dependencies)
    assert found.examples[0].value == "helped"


@pytest.mark.parametrize("python", interpreters(), ids=lambda found: found.version)
def test_every_python_of_this_machine_can_be_used(good: Path, python: object) -> None:
    found = run(good, "acme_good", [example("answer", text="x")], python=str(python.executable))
    assert found.examples[0].value == {"text": "x", "length": 1}
    assert found.machine["python"] == python.version


def test_a_python_that_does_not_start_is_told(good: Path) -> None:
    with pytest.raises(ValueError, match="does not start"):
        run(good, "acme_good", [], python="/nonexistent/python")
