"""A small language for the tests of the sandbox."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox import ExampleResult, ExampleRun, Limits, SandboxReport, run_tool
from sandbox.limits import MIB

TOOLS = Path(__file__).with_name("tools")
TIGHT = Limits(
    wall_seconds=1.5,
    cpu_seconds=1,
    memory_bytes=320 * MIB,
    processes=24,
    file_bytes=4 * MIB,
    output_bytes=1 * MIB,
    tmpfs_bytes=16 * MIB,
    tmpfs_files=500,
    files=64,
    total_seconds=60,
)


def example(function: str, **arguments: Any) -> ExampleRun:
    """An example that is named after its function."""
    return ExampleRun(function, function, arguments)


def run(
    package: Path,
    module: str,
    examples: Sequence[ExampleRun],
    *,
    limits: Limits = TIGHT,
    repeats: int = 0,
    cold_starts: int = 1,
    **options: Any,
) -> SandboxReport:
    """Run examples of a module, whose functions are called by their own names."""
    functions = {item.function: f"{module}:{item.function}" for item in examples}
    return run_tool(
        package,
        functions=functions,
        examples=examples,
        limits=limits,
        repeats=repeats,
        cold_starts=cold_starts,
        **options,
    )


def by_name(report: SandboxReport) -> dict[str, ExampleResult]:
    """The examples' results by their titles."""
    assert report.load.outcome == "returned", report.load
    return {item.title: item for item in report.examples}


def copied(name: str, folder: Path) -> Path:
    """A tool of this folder at a path that no other process has in its mounts."""
    target = folder / f"{name}-{uuid.uuid4().hex}"
    shutil.copytree(TOOLS / name, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def written(folder: Path, module: str, code: str) -> Path:
    """A tool of one module, with this code."""
    target = folder / f"{module}-{uuid.uuid4().hex}"
    target.mkdir()
    (target / f"{module}.py").write_text(code)
    return target


def left_running(package: Path) -> list[int]:
    """The processes of this machine that still have ``package`` in their mounts."""
    found = []
    for path in Path("/proc").glob("[0-9]*/mountinfo"):
        try:
            if package.name in path.read_text():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
