"""Generates functions.json from a tool's code, in a separate process."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from lumos import __version__
from lumos.client.buildenv import import_folders
from lumos.client.cache import cache_root
from lumos.client.children import run_child, tail
from lumos.client.errors import LumosError, UsageError
from lumos.client.files import write_atomically
from lumos.client.toolproject import ToolProject
from lumos.package.findings import Finding, PackageRefused
from lumos.package.functions import (
    FUNCTIONS_FILE,
    GENERATOR,
    FunctionSpec,
    dump_functions,
    from_generator,
    parse_functions,
    same_meaning,
)
from lumos.package.manifest.reader import MANIFEST_FILE, parse_manifest
from lumos.package.masking import masker_of_folder

__all__ = ["describe_functions", "in_project", "write_functions"]

_RUNTIME = Path(__file__).parents[1] / "runtime"


def write_functions(project: ToolProject) -> list[str]:
    """Generate functions.json and write it if its content changed; returns the differences."""
    specs = describe_functions(project)
    path = project.package / FUNCTIONS_FILE
    try:
        differences = same_meaning(parse_functions(path.read_text("utf-8")), specs)
    except FileNotFoundError:
        differences = ["created."]
    except (PackageRefused, UnicodeDecodeError):
        differences = ["replaced, because it could not be read."]
    if differences:
        write_atomically(path, dump_functions(specs))
    return differences


def describe_functions(project: ToolProject) -> tuple[FunctionSpec, ...]:
    """The functions as an agent will see them.

    Raises :class:`PackageRefused` with findings whose files are paths of the project.
    """
    manifest_file = project.package / MANIFEST_FILE
    if not manifest_file.is_file():
        raise UsageError(
            f"{manifest_file.relative_to(project.root).as_posix()} does not exist.",
            why="It names the tool's functions, its category and its permissions.",
            hint="To see an example, run `lumos new tool example/demo` in another folder.",
        )
    try:
        manifest = parse_manifest(
            manifest_file.read_text("utf-8"), import_package=project.tool.import_package
        )
        request = {
            "functions": {name: function.entry for name, function in manifest.functions.items()},
            "hints": {name: function.hints for name, function in manifest.functions.items()},
        }
        return _described(_answer(project, request))
    except PackageRefused as error:
        raise PackageRefused(map(in_project(project), error.findings)) from error


def in_project(project: ToolProject) -> Callable[[Finding], Finding]:
    """A function that converts a finding's paths to the project's and masks secrets in it."""
    prefix = project.package.parent.relative_to(project.root).as_posix()
    masker = masker_of_folder(project.package)

    def convert(finding: Finding) -> Finding:
        finding = masker.finding(finding)
        if not finding.file.startswith(project.tool.import_package + "/") or prefix == ".":
            return finding
        return replace(finding, file=f"{prefix}/{finding.file}")

    return convert


def _described(answer: dict[str, Any]) -> tuple[FunctionSpec, ...]:
    if not answer["ok"]:
        raise PackageRefused(map(from_generator, answer["findings"]))
    document = {key: answer[key] for key in ("generator", "functions")}
    return parse_functions(json.dumps({"schema": 1, **document}))


def _answer(project: ToolProject, request: dict[str, Any]) -> dict[str, Any]:
    """The generator's answer, cached by the content of the package.

    The generator takes seconds to start. For a tool without dependencies its answer depends on the
    package alone; for others it runs every time.
    """
    if project.requirements:
        return _run_describe(project, request)
    cached = cache_root() / "functions" / f"{_fingerprint(project, request)}.json"
    try:
        answer = json.loads(cached.read_text("utf-8"))
    except (OSError, ValueError):
        answer = _run_describe(project, request)
        if answer["ok"]:
            write_atomically(cached, json.dumps(answer))
    return dict(answer)


def _fingerprint(project: ToolProject, request: dict[str, Any]) -> str:
    """The cache key: a hash of everything that the answer depends on."""
    parts = [__version__, GENERATOR, sys.version, json.dumps(request, sort_keys=True)]
    digest = hashlib.sha256("\n".join(parts).encode())
    for source in sorted((*_RUNTIME.glob("describe/*.py"), *_RUNTIME.glob("runner/*.py"))):
        digest.update(source.read_bytes())
    for path in sorted(project.package.rglob("*")):
        if path.is_file() and path.name != FUNCTIONS_FILE and "__pycache__" not in path.parts:
            name = path.relative_to(project.package).as_posix()
            digest.update(f"\n{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


def _run_describe(project: ToolProject, request: dict[str, Any]) -> dict[str, Any]:
    """Run the generator; the tool's dependencies come last, so that they cannot replace its own."""
    command: list[str | Path] = [sys.executable, "-P", "-B", "-m", "lumos.runtime.describe"]
    command += ["--path", project.package.parent]
    for folder in import_folders(project):
        command += ["--dependencies", folder]
    done = run_child(command, cwd=project.root, text=json.dumps(request))
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    raise LumosError(
        f"Could not generate functions.json of {project.tool}.",
        why=tail(done.stderr) or "The process that imports the tool ended without output.",
        hint=f"Check that `python -c 'import {project.tool.import_package}'` works in src/.",
    )
