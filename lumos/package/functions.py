"""``functions.json``: what an agent sees of a tool's functions (design §3).

``lumos build`` generates the file with the MCP SDK from signatures and docstrings; its author
commits it. Two files are compared by meaning: the order of keys, of ``required``, of ``enum`` and
of the functions says nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lumos.package.findings import Finding, PackageRefused
from lumos.package.manifest.reader import FUNCTION_NAME, HINTS
from lumos.package.rulebook import RULES
from lumos.package.schema.limits import schema_problems
from lumos.package.schema.tree import canonical, sort_key
from lumos.package.strictjson import InvalidJSON, loads

__all__ = [
    "FUNCTIONS_FILE",
    "GENERATOR",
    "FunctionSpec",
    "dump_functions",
    "from_generator",
    "functions_digest",
    "parse_functions",
    "same_meaning",
]

FUNCTIONS_FILE = "functions.json"
GENERATOR = "mcp 2.3.0"
SCHEMA = 1

_MAX_CHARACTERS = 2 * 1024 * 1024
_MAX_FUNCTIONS = 128
_MAX_DESCRIPTION = 20_000
_FILE_KEYS = ("schema", "generator", "functions")
_KEYS = ("name", "description", "input_schema", "output_schema", "hints", "wrapped")


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One function as an agent sees it.

    ``wrapped``: MCP wraps lists, scalars and unions as ``{"result": value}``; ``output_schema``
    is then the schema of the wrapper. ``hints`` has those that the author gave.
    """

    name: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    hints: dict[str, bool] = field(default_factory=dict)
    wrapped: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The function as ``functions.json`` has it."""
        return {key: getattr(self, key) for key in _KEYS}

    def output_value(self, value: Any) -> Any:
        """What ``output_schema`` describes for a function's own value."""
        return {"result": value} if self.wrapped else value


def parse_functions(text: str, *, file: str = FUNCTIONS_FILE) -> tuple[FunctionSpec, ...]:
    """Read and check a ``functions.json``; raises :class:`PackageRefused` with every finding.

    The functions come back sorted by name.
    """
    problems: list[Finding] = []
    specs: list[FunctionSpec] = []
    for place, item in _items(_load(text, file), file, problems):
        spec = _function(item, place, file, problems)
        if spec is not None:
            specs.append(spec)
    names = [spec.name for spec in specs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        _refuse(problems, file, "functions/duplicate", f"The function {name!r} stands there twice.")
    if problems:
        raise PackageRefused(problems)
    return tuple(sorted(specs, key=lambda spec: spec.name))


def dump_functions(specs: Iterable[FunctionSpec]) -> str:
    """The text of ``functions.json``: stable, sorted by name, ends with a newline."""
    functions = [spec.as_dict() for spec in sorted(specs, key=lambda spec: spec.name)]
    document = {"schema": SCHEMA, "generator": GENERATOR, "functions": functions}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def functions_digest(specs: Iterable[FunctionSpec]) -> str:
    """``sha256:`` and the hash of the meaning: equal for two spellings of the same functions."""
    meaning = [_meaning(spec) for spec in sorted(specs, key=lambda spec: spec.name)]
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def from_generator(problem: Mapping[str, Any], file: str = FUNCTIONS_FILE) -> Finding:
    """The finding for what the schema generator reports; ``file`` where it names none.

    The report comes from a process that runs the tool's code, so its rule may be unknown.
    """
    rule = RULES.get(problem["rule"], RULES["schema/not-generated"])
    place = problem.get("file") or file
    return rule.finding(problem["message"], place, problem.get("line"), fix=problem["fix"])


def same_meaning(first: Iterable[FunctionSpec], second: Iterable[FunctionSpec]) -> list[str]:
    """The differences of meaning, one sentence each; an empty list if there are none."""
    olds = {spec.name: _meaning(spec) for spec in first}
    news = {spec.name: _meaning(spec) for spec in second}
    differences = [
        f"The function {name!r} is only in the first." for name in olds if name not in news
    ]
    differences += [
        f"The function {name!r} is only in the second." for name in news if name not in olds
    ]
    for name in sorted(olds.keys() & news.keys()):
        differences += _differences(f"functions.{name}", olds[name], news[name])
    return differences


def _meaning(spec: FunctionSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "description": spec.description.strip(),
        "input_schema": canonical(spec.input_schema),
        "output_schema": canonical(spec.output_schema),
        "hints": {hint: spec.hints[hint] for hint in HINTS if spec.hints.get(hint) is not None},
        "wrapped": spec.wrapped,
    }


def _differences(path: str, first: Any, second: Any) -> list[str]:
    if isinstance(first, dict) and isinstance(second, dict):
        found: list[str] = []
        for key in sorted(first.keys() | second.keys()):
            if key not in first or key not in second:
                only = "first" if key in first else "second"
                found.append(f"{path}.{key} is only in the {only}.")
            else:
                found += _differences(f"{path}.{key}", first[key], second[key])
        return found
    if sort_key(first) == sort_key(second):
        return []
    return [f"{path} is {_short(first)} in the first and {_short(second)} in the second."]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return text if len(text) <= 120 else text[:117] + "..."


def _load(text: str, file: str) -> Any:
    if len(text) > _MAX_CHARACTERS:
        message = f"{file} has {len(text)} characters, more than {_MAX_CHARACTERS}."
        raise PackageRefused([RULES["functions/too-large"].finding(message, file)])
    try:
        return loads(text)
    except InvalidJSON as error:
        message = f"{file} is not JSON: {error}."
        raise PackageRefused(
            [RULES["functions/not-json"].finding(message, file, error.line)]
        ) from None


def _items(document: Any, file: str, problems: list[Finding]) -> list[tuple[str, dict[str, Any]]]:
    """The function objects with their places; a wrong frame is refused."""
    if not isinstance(document, dict) or document.get("schema") is not SCHEMA:
        _refuse(
            problems, file, "functions/schema-version", f'{file} does not say "schema": {SCHEMA}.'
        )
        return []
    for key in sorted(document.keys() - set(_FILE_KEYS)):
        _refuse(problems, file, "functions/unknown-key", f"The key {key[:80]!r} is not known.")
    if not isinstance(document.get("generator"), str):
        _refuse(problems, file, "functions/generator", '"generator" must be a string.')
    functions = document.get("functions")
    if not isinstance(functions, list) or not 1 <= len(functions) <= _MAX_FUNCTIONS:
        message = f'"functions" must be an array of 1 to {_MAX_FUNCTIONS} functions.'
        _refuse(problems, file, "functions/count", message)
        return []
    found: list[tuple[str, dict[str, Any]]] = []
    for index, item in enumerate(functions):
        if isinstance(item, dict):
            found.append((f"functions[{index}]", item))
        else:
            _refuse(
                problems, file, "functions/wrong-type", f"functions[{index}] must be an object."
            )
    return found


def _function(
    item: dict[str, Any], place: str, file: str, problems: list[Finding]
) -> FunctionSpec | None:
    before = len(problems)
    for key in sorted(item.keys() - set(_KEYS)):
        message = f"The key {key[:80]!r} of {place} is not known."
        _refuse(problems, file, "functions/unknown-key", message)
    name, description = item.get("name"), item.get("description", "")
    if not isinstance(name, str) or not FUNCTION_NAME.fullmatch(name):
        _refuse(problems, file, "functions/name", f"{place}.name must be a snake_case name.")
    if not isinstance(description, str) or len(description) > _MAX_DESCRIPTION:
        message = f"{place}.description must be text of at most {_MAX_DESCRIPTION} characters."
        _refuse(problems, file, "functions/description", message)
    if not isinstance(item.get("wrapped", False), bool):
        _refuse(problems, file, "functions/wrong-type", f"{place}.wrapped must be true or false.")
    hints = _hints(item.get("hints", {}), place, file, problems)
    for key in ("input_schema", "output_schema"):
        _check_schema(item.get(key), f"{place}.{key}", file, problems)
    if len(problems) > before:
        return None
    wrapped = item.get("wrapped", False)
    schemas = item["input_schema"], item["output_schema"]
    spec = FunctionSpec(str(name), description, *schemas, hints, wrapped)
    if wrapped and "result" not in schemas[1].get("properties", {}):
        message = f'{place} is wrapped, but its output schema has no property "result".'
        _refuse(problems, file, "functions/wrapped", message)
    return spec


def _hints(value: Any, place: str, file: str, problems: list[Finding]) -> dict[str, bool]:
    if not isinstance(value, dict) or value.keys() - set(HINTS):
        message = f"{place}.hints must be an object with the keys {', '.join(HINTS)}."
        _refuse(problems, file, "functions/hints", message)
        return {}
    given = {key: hint for key, hint in value.items() if hint is not None}
    if not all(isinstance(hint, bool) for hint in given.values()):
        _refuse(problems, file, "functions/hints", f"{place}.hints must be true, false or null.")
    return given


def _check_schema(schema: Any, place: str, file: str, problems: list[Finding]) -> None:
    if not isinstance(schema, dict):
        message = f"{place} must be a JSON Schema object."
        _refuse(problems, file, "schema/missing", message)
        return
    for problem in schema_problems(schema):
        _refuse(problems, file, problem.rule, f"{place}{problem.path}: {problem.message}")
    if schema.get("type") != "object":
        message = f'{place} must have "type": "object" at its root.'
        _refuse(problems, file, "schema/object-root", message)


def _refuse(problems: list[Finding], file: str, rule: str, message: str) -> None:
    problems.append(RULES[rule].finding(message, file))
