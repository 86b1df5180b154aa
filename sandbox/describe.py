"""Generate a tool's ``functions.json`` in the sandbox, because importing a tool runs its code."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.contents import DEPENDENCIES, PACKAGE, RUNTIME, plan_for
from sandbox.explain import explain
from sandbox.interpreter import interpreter
from sandbox.launch import SandboxKilled
from sandbox.layers import INSIDE, Mount
from sandbox.limits import Limits
from sandbox.status import require
from sandbox.supervisor import Reply, Sandbox

GENERATOR = INSIDE / "generator"
LIBRARIES = INSIDE / "libraries"
ENTRY = "lumos_runtime.describe:answer"
GENERATOR_PACKAGE = "mcp"
TEXTS = ("rule", "message", "fix", "file")


class DescriptionFailed(Exception):
    """The functions could not be described; ``from_generator`` of the package format reads why."""

    def __init__(self, findings: list[dict[str, Any]]) -> None:
        self.findings = findings
        super().__init__("; ".join(str(item.get("message")) for item in findings))


def describe_tool(
    package_dir: Path,
    *,
    functions: Mapping[str, str],
    hints: Mapping[str, Mapping[str, Any]] | None = None,
    dependencies_dir: Path | None = None,
    limits: Limits | None = None,
) -> list[dict[str, Any]]:
    """Generate the entries of ``functions.json`` from the code in ``package_dir``.

    The tool can forge them, so compare them with the file. Runs with this environment's Python.
    The tool's dependencies come before the schema generator on the import path; if the generator
    fails with them, they come after it. Raises DescriptionFailed with the findings, and
    SandboxUnavailable if a layer is missing.
    """
    require()
    request = {
        "functions": dict(functions),
        "hints": {k: dict(v) for k, v in (hints or {}).items()},
    }
    tool = [PACKAGE, *([DEPENDENCIES] if dependencies_dir else [])]
    own = [GENERATOR, LIBRARIES]
    bounds = limits or Limits()
    for paths in ([*tool, *own], [*own, *tool]):
        reply = ask(package_dir, dependencies_dir, paths, request, bounds)
        if reply.error.get("type") not in ("ImportError", "ModuleNotFoundError", "AttributeError"):
            break
    if not reply.ok:
        result = explain(reply, bounds)
        if result.killed:
            raise SandboxKilled(result.message)
        raise DescriptionFailed([not_described(result.message)])
    return read_answer((reply.answer or {}).get("value"))


def read_answer(answer: Any) -> list[dict[str, Any]]:
    """Validate the generator's answer, which the tool may have forged. Raises DescriptionFailed."""
    if not isinstance(answer, dict):
        raise DescriptionFailed([not_described("The generator returned nothing.")])
    if answer.get("ok") is True:
        functions = answer.get("functions")
        if isinstance(functions, list) and all(map(is_function, functions)):
            return functions
        raise DescriptionFailed([not_described("The generator's answer cannot be read.")])
    findings = answer.get("findings")
    known = [item for item in findings if is_finding(item)] if isinstance(findings, list) else []
    raise DescriptionFailed(known or [not_described("The generator gave no reason.")])


def is_function(item: Any) -> bool:
    """Whether an entry has the parts of one in ``functions.json``."""
    return (
        isinstance(item, dict)
        and isinstance(item.get("name"), str)
        and isinstance(item.get("description"), str)
        and isinstance(item.get("input_schema"), dict)
        and isinstance(item.get("output_schema"), dict)
        and isinstance(item.get("hints"), dict)
        and isinstance(item.get("wrapped"), bool)
    )


def is_finding(item: Any) -> bool:
    """Whether an entry can be read as a finding of a schema rule."""
    return (
        isinstance(item, dict)
        and all(isinstance(item.get(name), str) for name in TEXTS)
        and item["rule"].startswith("schema/")
        and isinstance(item.get("line"), int | None)
    )


def ask(
    package_dir: Path,
    dependencies_dir: Path | None,
    paths: list[Path],
    request: dict[str, Any],
    limits: Limits,
) -> Reply:
    """Run the generator for ``request`` in a new sandbox."""
    own = GENERATOR / "lumos_runtime"
    mounts = [Mount(RUNTIME / name, own / name) for name in ("describe", "runner")]
    mounts.append(Mount(libraries(), LIBRARIES))
    plan = plan_for(
        package_dir, dependencies_dir, interpreter(), limits, paths=paths, mounts=mounts
    )
    with Sandbox(plan, time.monotonic() + limits.total_seconds) as sandbox:
        loaded = sandbox.ask(limits.wall_seconds, op="load", functions={"answer": ENTRY})
        if not loaded.ok:
            return loaded
        return sandbox.ask(
            limits.wall_seconds, op="call", function="answer", arguments={"request": request}
        )


def libraries() -> Path:
    """The folder that holds the schema generator in this environment."""
    spec = importlib.util.find_spec(GENERATOR_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError("The schema generator is missing: install the package mcp.")
    return Path(spec.origin).parents[1]


def not_described(reason: str) -> dict[str, Any]:
    """The finding for a description that failed for another reason than its schemas."""
    return {
        "rule": "schema/not-generated",
        "message": f"The functions' schemas cannot be generated from the code: {reason}",
        "fix": "Run `lumos build` in a fresh environment and fix what it reports.",
        "file": "",
        "line": None,
    }
