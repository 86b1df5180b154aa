"""Turn examples into sandbox runs, and compare the results with the expected ones."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumos.package.findings import Finding
from lumos.package.functions import FunctionSpec
from lumos.package.manifest.examples import MISSING, Example
from lumos.package.manifest.reader import MANIFEST_FILE
from lumos.package.manifest.tomllines import locate
from lumos.package.schema.sameness import same_value
from lumos.package.schema.tree import definitions
from lumos.package.schema.validation import value_problems
from lumos.package.wheel import Wheel
from publishing.rulebook import RULES
from sandbox import ExampleResult, ExampleRun, Outcome, fill

LONGEST_DIFF = 200
LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One offline example, ready to run."""

    function: str
    example: Example
    spec: FunctionSpec
    run: ExampleRun
    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one example; ``finding`` says why it failed."""

    case: Case
    passed: bool
    value: Any
    finding: Finding | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON for the report."""
        return {
            "function": self.case.function,
            "title": self.case.example.title,
            "passed": self.passed,
            "message": self.finding.message if self.finding else "",
        }


def offline_examples(wheel: Wheel, folder: Path, shown: Path) -> Iterator[Case]:
    """The examples that run offline, in the order of the manifest.

    ``folder`` is the unpacked wheel, ``shown`` the copy that the sandbox runs.
    """
    package = folder / wheel.tool.import_package
    copied = shown / wheel.tool.import_package
    specs = {spec.name: spec for spec in wheel.functions}
    lines = locate((package / MANIFEST_FILE).read_text())
    for name, entry in wheel.manifest.functions.items():
        for number, example in enumerate(entry.examples):
            if example.offline:
                run = ExampleRun(
                    function=name,
                    title=example.title,
                    arguments=example.input,
                    files=tuple((file, copied / file) for file in example.files),
                    http=json.loads((package / example.http).read_text()) if example.http else None,
                )
                line = lines.get(("functions", name, "examples", number))
                file = f"{wheel.tool.import_package}/{MANIFEST_FILE}"
                yield Case(name, example, specs[name], run, file, line)


def compared(case: Case, outcome: ExampleResult) -> Result:
    """Compare an outcome with the example's output and schemas."""
    if outcome.outcome is not Outcome.RETURNED:
        return Result(case, False, None, _failed(case, outcome.message, _traces(outcome)))
    problem = _difference(case, outcome.value)
    if problem:
        evidence: dict[str, Any] = {"returned": _cut(outcome.value)}
        if case.example.output is not MISSING:
            evidence["diff"] = _diff(case.example.output, outcome.value)
        return Result(case, False, outcome.value, _failed(case, problem, evidence))
    return Result(case, True, outcome.value, None)


def not_run(case: Case) -> dict[str, Any]:
    """The result of an example whose tool could not be installed, as JSON for the report."""
    result = Result(case, False, None, None).as_dict()
    return {**result, "message": "Not run: the dependencies could not be installed."}


def _difference(case: Case, value: Any) -> str:
    if case.example.output is not MISSING:
        expected = fill(case.example.output) if case.run.http else case.example.output
        if not same_value(expected, value, _own_schema(case.spec), exact=case.example.exact):
            return f"it returned {_cut(value)} instead of {_cut(expected)}"
    if case.example.output_schema is not None:
        error = _first_error(case.example.output_schema, value)
        if error:
            return f"the returned value does not match the example's output_schema: {error}"
    if case.spec.output_schema is not None:
        whole = {"result": value} if case.spec.wrapped else value
        error = _first_error(case.spec.output_schema, whole)
        if error:
            return f"the returned value does not match the function's output schema: {error}"
    return ""


def _own_schema(spec: FunctionSpec) -> dict[str, Any]:
    """The schema of the function's own value, before MCP wraps it."""
    whole = spec.output_schema
    if not spec.wrapped:
        return whole
    return {**definitions(whole), **whole["properties"]["result"]}


def _first_error(schema: dict[str, Any], value: Any) -> str:
    """The first error, or "". Limited in work, because schema and value are untrusted."""
    return next(iter(value_problems(value, schema)), "")


def _failed(case: Case, message: str, evidence: dict[str, Any]) -> Finding:
    return RULES["example/failed"].finding(
        f"The example '{case.example.title}' of {case.function} failed: {message}",
        case.file,
        case.line,
        evidence={"input": _shown(case.example.input), **evidence},
    )


def _traces(outcome: ExampleResult) -> dict[str, Any]:
    """The parts of the outcome that help the author to find the error."""
    parts = outcome.as_dict()
    names = ("outcome", "error", "stdout", "stderr", "violations", "signal", "http_unmatched")
    return {key: parts[key] for key in names if parts[key]}


def _shown(value: Any) -> Any:
    return None if value is MISSING else value


def _diff(expected: Any, returned: Any) -> str:
    """A unified diff from the expected output to the returned one, as JSON."""
    before, after = (
        json.dumps(value, indent=2, ensure_ascii=False, default=str).splitlines()[:LONGEST_DIFF]
        for value in (expected, returned)
    )
    lines = difflib.unified_diff(before, after, "output in tool.toml", "returned", lineterm="")
    return "\n".join(line[:LONGEST_LINE] for line in lines)


def _cut(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:200]}…"
