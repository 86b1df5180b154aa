"""Manifest, functions.json and files of one wheel, held against one another."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lumos.package.findings import Finding
from lumos.package.functions import FUNCTIONS_FILE, FunctionSpec
from lumos.package.manifest.examples import MISSING, Example, fill_http
from lumos.package.manifest.reader import HINTS, MANIFEST_FILE, FunctionEntry, Manifest
from lumos.package.manifest.recordings import InvalidRecording, parse_recording
from lumos.package.rulebook import RULES
from lumos.package.schema.limits import schema_problems
from lumos.package.schema.validation import value_problems

__all__ = ["Contents", "agreement_findings"]

# Larger modules are left to the sandbox: parsing them costs a hundred times their size.
_MAX_SOURCE = 1024 * 1024
_BASE_URL = "http://127.0.0.1:1"


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a wheel as far as the manifest speaks of them."""

    import_package: str
    names: frozenset[str]
    read: Callable[[str], bytes]

    @property
    def manifest_file(self) -> str:
        return f"{self.import_package}/{MANIFEST_FILE}"


def agreement_findings(
    manifest: Manifest, functions: Sequence[FunctionSpec], contents: Contents
) -> Iterator[Finding]:
    """Everything in which the parts of a wheel contradict one another."""
    specs = {spec.name: spec for spec in functions}
    yield from _name_findings(manifest.functions, specs, contents)
    for name, entry in manifest.functions.items():
        yield from _entry_findings(entry, contents)
        for example in entry.examples:
            yield from _example_findings(name, example, specs.get(name), contents)


def _name_findings(
    entries: Mapping[str, FunctionEntry], specs: Mapping[str, FunctionSpec], contents: Contents
) -> Iterator[Finding]:
    for name in entries:
        if name not in specs:
            message = f"The function {name} is in {MANIFEST_FILE} and not in {FUNCTIONS_FILE}"
            yield RULES["manifest/functions-differ"].finding(
                _sentence(message), contents.manifest_file
            )
    for name, spec in specs.items():
        if name not in entries:
            message = f"The function {name} is in {FUNCTIONS_FILE} and not in {MANIFEST_FILE}"
            fix = f"Add a [functions.{name}] table, or run `lumos build` again."
            yield RULES["manifest/functions-differ"].finding(
                _sentence(message), contents.manifest_file, fix=fix
            )
        else:
            yield from _hint_findings(entries[name], spec, contents)


def _hint_findings(
    entry: FunctionEntry, spec: FunctionSpec, contents: Contents
) -> Iterator[Finding]:
    for hint in HINTS:
        if entry.hints.get(hint) != spec.hints.get(hint):
            message = (
                f"The hint {hint} of {entry.name} is {_said(entry.hints.get(hint))} in "
                f"{MANIFEST_FILE} and {_said(spec.hints.get(hint))} in {FUNCTIONS_FILE}"
            )
            yield RULES["manifest/hints-differ"].finding(_sentence(message), contents.manifest_file)


def _said(hint: bool | None) -> str:
    return "not given" if hint is None else str(hint).lower()


def _entry_findings(entry: FunctionEntry, contents: Contents) -> Iterator[Finding]:
    """The entry's module is a file of the wheel and, where it can be read, binds the name."""
    path = entry.module.replace(".", "/")
    candidates = [name for name in (f"{path}/__init__.py", f"{path}.py") if name in contents.names]
    is_native = any(
        name.startswith((f"{path}.", f"{path}/__init__.")) and not name.endswith((".py", ".pyi"))
        for name in contents.names
    )
    if not candidates:
        if not is_native:
            message = f"The module {entry.module} of the entry {entry.entry!a} is not in the wheel"
            yield RULES["manifest/entry-missing"].finding(
                _sentence(message), contents.manifest_file
            )
        return
    source = contents.read(candidates[0])
    if len(source) <= _MAX_SOURCE and _binds(source, entry.attribute) is False:
        message = f"{candidates[0]} does not define {entry.attribute!r}, the entry of {entry.name}"
        yield RULES["manifest/entry-missing"].finding(_sentence(message), contents.manifest_file)


def _binds(source: bytes, name: str) -> bool | None:
    """Whether a module's top level can bind ``name``; ``None`` where that cannot be told."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if node.name in (name, "__getattr__"):
                return True
        elif isinstance(node, ast.alias):
            if name in (node.asname, node.name.partition(".")[0]) or node.name == "*":
                return True
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            if node.id == name:
                return True
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("exec", "globals"):
            return None
    return False


def _example_findings(
    function: str, example: Example, spec: FunctionSpec | None, contents: Contents
) -> Iterator[Finding]:
    where = f"The example {example.title!a} of {function}"
    for path in example.files:
        if f"{contents.import_package}/{path}" not in contents.names:
            message = f"{where} needs {path!a}, which is not in the wheel"
            fix = f"Add {contents.import_package}/{path} to what the build backend packs."
            yield RULES["example/file-missing"].finding(
                _sentence(message), contents.manifest_file, fix=fix
            )
    if example.http is not None:
        yield from _recording_findings(where, example.http, contents)
    if spec is None:
        return
    for problem in value_problems(fill_http(example.input, _BASE_URL), spec.input_schema):
        message = f"The input of {where[0].lower()}{where[1:]} does not fit its schema: {problem}"
        yield RULES["example/input"].finding(_sentence(message), contents.manifest_file)
    yield from _output_findings(where, example, spec, contents)


def _recording_findings(where: str, http: str, contents: Contents) -> Iterator[Finding]:
    path = f"{contents.import_package}/{http}"
    if path not in contents.names:
        fix = f"Add {path} to what the build backend packs."
        message = f"{where} needs the recording {http!a}, which is not in the wheel"
        yield RULES["example/recording-missing"].finding(
            _sentence(message), contents.manifest_file, fix=fix
        )
        return
    try:
        parse_recording(contents.read(path).decode("utf-8"))
    except (InvalidRecording, UnicodeDecodeError) as error:
        yield RULES["example/recording"].finding(
            _sentence(f"{path} cannot be replayed: {error}"), path
        )


def _output_findings(
    where: str, example: Example, spec: FunctionSpec, contents: Contents
) -> Iterator[Finding]:
    if example.output is not MISSING:
        value = spec.output_value(example.output)
        for problem in value_problems(value, spec.output_schema):
            message = f"{where}: its output does not fit the function's schema: {problem}"
            yield RULES["example/output"].finding(_sentence(message), contents.manifest_file)
    if example.output_schema is not None:
        for found in schema_problems(example.output_schema):
            message = f"{where}: its output_schema{found.path} is no JSON Schema: {found.message}"
            yield RULES["example/output-schema"].finding(_sentence(message), contents.manifest_file)


def _sentence(message: str) -> str:
    return message if message.endswith(".") else f"{message}."
