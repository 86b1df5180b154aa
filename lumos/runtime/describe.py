"""Describes a tool's functions as an MCP client will see them: the content of ``functions.json``.

The schemas come from one pinned generator, the MCP SDK; parameter descriptions come from the
docstring. As a program (``python -m lumos.runtime.describe --path DIR < request.json``, where the
request is ``{"functions": {name: "module:function"}, "hints": {name: {...}}}``) it prints
``{"ok": true, "generator", "functions"}`` or ``{"ok": false, "findings"}``. Importing a tool runs
its code: a server does this in the sandbox only. This file needs nothing else of this project.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.metadata
import inspect
import json
import logging
import os
import sys
import textwrap
import traceback
import typing
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

HINTS = ("read_only", "destructive", "idempotent", "open_world")
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
NO_SCHEMA_WHY = "An agent reads the schema to know what it gives and gets; JSON has no such type."


class DescriptionRefused(Exception):
    """Functions that cannot be described; ``findings`` says why, each in a finding's shape."""

    def __init__(self, findings: list[dict[str, Any]]) -> None:
        self.findings = findings
        super().__init__("; ".join(item["message"] for item in findings))


@dataclass(frozen=True)
class Subject:
    """A function under description, with what its findings need to point at it."""

    name: str
    entry: str
    function: Callable[..., Any]

    def finding(
        self, rule: str, message: str, why: str, fix: str, parameter: str = ""
    ) -> dict[str, Any]:
        """A finding that points at the function, or at the line of one of its parameters."""
        file, line = place(self.function, parameter)
        text = f"The function {self.name} {message}"
        return finding(rule, text, why, fix, file=file, line=line)


def describe(
    functions: Mapping[str, str], hints: Mapping[str, Mapping[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """The entries of ``functions.json``, sorted by name.

    ``functions`` maps a name to ``package.module:function``; the modules are imported.
    Raises DescriptionRefused with every finding of every function.
    """
    found, findings = [], []
    for name, entry in sorted(functions.items()):
        try:
            found.append(describe_one(name, entry, (hints or {}).get(name, {})))
        except DescriptionRefused as refused:
            findings += refused.findings
    if findings:
        raise DescriptionRefused(findings)
    return found


def generator() -> str:
    """The pinned generator and its version, as ``functions.json`` names it."""
    return f"mcp {importlib.metadata.version('mcp')}"


def describe_one(name: str, entry: str, hints: Mapping[str, Any]) -> dict[str, Any]:
    subject = Subject(name, entry, load(name, entry))
    types = type_hints(subject)
    findings = [*parameter_findings(subject), *type_findings(subject, types)]
    if findings:
        raise DescriptionRefused(findings)
    return generate(subject, types, hints)


def load(name: str, entry: str) -> Callable[..., Any]:
    """The plain function that ``entry`` names."""
    module, _, attribute = entry.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except BaseException as error:
        raise DescriptionRefused([not_importable(name, entry, error)]) from error
    plain = inspect.isfunction(found) or inspect.isfunction(inspect.unwrap(found))
    if plain and not (inspect.isgeneratorfunction(found) or inspect.isasyncgenfunction(found)):
        return typing.cast(Callable[..., Any], found)
    kind = "generator" if plain else type(found).__name__
    file, line = place(found) if plain else ("", None)
    refusal = finding(
        "schema/not-a-function",
        f"The function {name} points at {entry}, which is a {kind}.",
        "A tool's function is a plain function, sync or async, that returns its whole result.",
        f"Write `def {name}(...) -> ...` and return the result, then name it in `entry`.",
        file=file,
        line=line,
    )
    raise DescriptionRefused([refusal])


def not_importable(name: str, entry: str, error: BaseException) -> dict[str, Any]:
    last = traceback.format_exception_only(error)[-1].strip()
    file, line = origin(error)
    return finding(
        "schema/not-importable",
        f"The function {name} cannot be loaded from {entry}: {last}",
        "Whoever installs the tool meets the same error.",
        "Mend the error, and list what the code imports under `dependencies` in pyproject.toml.",
        file=relative(file) if file else "",
        line=line,
    )


def origin(error: BaseException) -> tuple[str, int | None]:
    """Where an import failed in the tool's code or below it; of the importing itself, nowhere.

    A syntax error has no frame in the file that it is about: it names the file itself.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno
    ours = (__file__, importlib.__file__)
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if not each.filename.startswith("<")]
    if not own or own[-1].filename in ours:
        return "", None
    return own[-1].filename, own[-1].lineno


def type_hints(subject: Subject) -> dict[str, Any]:
    try:
        return typing.get_type_hints(inspect.unwrap(subject.function), include_extras=True)
    except Exception as error:
        refusal = subject.finding(
            "schema/unknown-type",
            f"has a type that cannot be resolved: {error}",
            "Types become the schema; a name that exists only for the type checker has none.",
            "Import the type outside `if TYPE_CHECKING:`, or use one of the built-in types.",
        )
        raise DescriptionRefused([refusal]) from error


def parameter_findings(subject: Subject) -> Iterator[dict[str, Any]]:
    for name, parameter in inspect.signature(subject.function).parameters.items():
        if parameter.kind in VARIADIC:
            stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else "**"
            yield subject.finding(
                "schema/variadic-parameter",
                f"takes {stars}{name}, so nobody can say what it accepts.",
                "An agent must know every input by name and type; *args and **kwargs have neither.",
                "Name the parameters one by one, or take one `list[...]` or a dataclass.",
                name,
            )
        elif parameter.kind is parameter.POSITIONAL_ONLY:
            yield subject.finding(
                "schema/positional-only-parameter",
                f"takes {name} by position only.",
                "Agents give every argument by name.",
                "Remove the `/` from the signature.",
                name,
            )
        elif name.startswith("_"):
            yield subject.finding(
                "schema/parameter-name",
                f"has a parameter named {name}.",
                "A name that starts with an underscore cannot be an input.",
                f"Rename it to {name.lstrip('_') or 'value'}.",
                name,
            )


def type_findings(subject: Subject, types: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, parameter in inspect.signature(subject.function).parameters.items():
        if parameter.kind in VARIADIC:
            continue
        if name not in types:
            yield subject.finding(
                "schema/parameter-without-type",
                f"has no type for the parameter {name}.",
                "Without a type the schema cannot tell an agent what to send.",
                f"Write `{name}: str`, or the type that it has.",
                name,
            )
            continue
        yield from nested_typed_dicts(subject, types[name], f"the parameter {name}", name)
    if "return" not in types:
        yield subject.finding(
            "schema/result-without-type",
            "does not say what it returns.",
            "Without a type there is no schema of the result, and an agent cannot rely on it.",
            "Write `-> SomeDataclass`, `-> list[str]` or another type after the parameters.",
        )
        return
    top_level = is_typing_typed_dict(types["return"])
    inner = typing.get_type_hints(types["return"]).values() if top_level else [types["return"]]
    for hint in inner:
        yield from nested_typed_dicts(subject, hint, "the result")


def nested_typed_dicts(
    subject: Subject, hint: Any, where: str, parameter: str = ""
) -> Iterator[dict[str, Any]]:
    if sys.version_info >= (3, 12):
        return
    for found in walk(hint):
        if is_typing_typed_dict(found):
            yield subject.finding(
                "schema/nested-typed-dict",
                f"uses the typing.TypedDict {found.__name__} in {where}.",
                "Below Python 3.12 the schema generator cannot read a typing.TypedDict there.",
                f"Make {found.__name__} a dataclass (or import TypedDict from typing_extensions).",
                parameter,
            )


def is_typing_typed_dict(hint: Any) -> bool:
    return type(hint).__module__ == "typing" and type(hint).__name__ == "_TypedDictMeta"


def walk(hint: Any, seen: set[int] | None = None) -> Iterator[Any]:
    """``hint`` and every type inside it, through generics and the fields of records."""
    seen = set() if seen is None else seen
    if id(hint) in seen:
        return
    seen.add(id(hint))
    yield hint
    inner = list(typing.get_args(hint))
    if isinstance(hint, type) and hint.__module__ != "builtins":
        try:
            inner += typing.get_type_hints(hint).values()
        except Exception:
            inner += []
    for part in inner:
        yield from walk(part, seen)


def generate(
    subject: Subject, types: Mapping[str, Any], hints: Mapping[str, Any]
) -> dict[str, Any]:
    """One entry of ``functions.json``, by the MCP SDK."""
    from mcp.server.mcpserver.tools.base import Tool  # noqa: PLC0415 - takes over a second to import

    description, descriptions = read_docstring(inspect.unwrap(subject.function).__doc__ or "")
    stand_in = documented(subject.function, types, descriptions)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tool = Tool.from_function(stand_in, name=subject.name, structured_output=True)
    except Exception as error:
        raise DescriptionRefused([without_schema(subject, types, error)]) from error
    try:
        json.dumps([tool.parameters, tool.output_schema], allow_nan=False)
    except ValueError as error:
        raise DescriptionRefused([without_json(subject, error)]) from error
    return {
        "name": subject.name,
        "description": description,
        "input_schema": tool.parameters,
        "output_schema": tool.output_schema,
        "hints": {name: bool(hints[name]) for name in HINTS if hints.get(name) is not None},
        "wrapped": tool.fn_metadata.wrap_output,
    }


def documented(
    function: Callable[..., Any], types: Mapping[str, Any], descriptions: Mapping[str, str]
) -> Callable[..., Any]:
    """A function of the same signature whose parameters carry their descriptions."""
    from pydantic import Field  # noqa: PLC0415 - see generate

    def stand_in(**arguments: Any) -> None:
        raise NotImplementedError

    hints = dict(types)
    for name, text in descriptions.items():
        if name in hints and name != "return" and not has_description(hints[name]):
            hints[name] = Annotated[hints[name], Field(description=text)]
    signature = inspect.signature(function)
    stand_in.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[p.replace(annotation=hints[n]) for n, p in signature.parameters.items()],
        return_annotation=hints["return"],
    )
    stand_in.__name__, stand_in.__annotations__ = function.__name__, hints
    return stand_in


def has_description(hint: Any) -> bool:
    return any(getattr(part, "description", None) for part in getattr(hint, "__metadata__", ()))


def read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """The description and those of the parameters, from any of the common docstring styles."""
    from docstring_parser import ParseError, parse  # noqa: PLC0415 - see generate

    try:
        parsed = parse(text)
    except ParseError:
        return inspect.cleandoc(text), {}
    descriptions = {
        item.arg_name: " ".join(item.description.split())
        for item in parsed.params
        if item.description
    }
    return (parsed.description or "").strip(), descriptions


def without_schema(subject: Subject, types: Mapping[str, Any], error: Exception) -> dict[str, Any]:
    """Which part of the signature the generator could not turn into a schema."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - see generate

    for name in types.keys() - {"return"}:
        try:
            TypeAdapter(types[name]).json_schema()
        except Exception as cause:
            return subject.finding(
                "schema/parameter-without-schema",
                f"has the parameter {name}, whose type {shown(types[name])} has no JSON Schema "
                f"({first_line(cause)}).",
                NO_SCHEMA_WHY,
                "Take a string, a number, a list, an enum or a dataclass of these.",
                name,
            )
    detail = "" if "not serializable" in str(error) else f" ({first_line(error)})"
    return subject.finding(
        "schema/result-without-schema",
        f"returns {shown(types['return'])}, which has no JSON Schema{detail}.",
        NO_SCHEMA_WHY,
        "Return a dataclass, or say what is inside: `dict[str, int]`, `list[Row]`.",
    )


def without_json(subject: Subject, error: ValueError) -> dict[str, Any]:
    return subject.finding(
        "schema/default-without-json",
        f"has a default value or a limit that JSON cannot hold ({first_line(error)}).",
        "The schema shows every default; not-a-number and infinity have no form in JSON.",
        "Use None as the default, and put the value in the function's body.",
    )


def shown(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint)


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def place(function: Callable[..., Any], parameter: str = "") -> tuple[str, int | None]:
    """The file, as the wheel names it, and the line of a function or of its parameter."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return "", None
    try:
        lines, first = inspect.getsourcelines(code)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, ValueError):
        return relative(code.co_filename), code.co_firstlineno
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.arg == parameter:
            return relative(code.co_filename), first + node.lineno - 1
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return relative(code.co_filename), first + node.lineno - 1
    return relative(code.co_filename), first


def relative(filename: str) -> str:
    """``filename`` from the folder of ``sys.path`` that holds it, with forward slashes."""
    roots = [root for root in sys.path if root and filename.startswith(root.rstrip("/") + "/")]
    return (
        Path(filename).relative_to(max(roots, key=len)).as_posix() if roots else Path(filename).name
    )


def finding(
    rule: str, message: str, why: str, fix: str, *, file: str = "", line: int | None = None
) -> dict[str, Any]:
    """A finding in the shape of ``lumos.package.findings.Finding.as_dict``; it always refuses."""
    return {
        "rule": rule,
        "severity": "high",
        "confidence": "high",
        "message": message,
        "why": why,
        "fix": fix,
        "file": file,
        "line": line,
        "evidence": {},
        "blocking": True,
        "docs_url": f"/docs/rules/{rule}",
    }


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the program prints for ``request``."""
    try:
        found = describe(request["functions"], request.get("hints"))
    except DescriptionRefused as refused:
        return {"ok": False, "findings": refused.findings}
    return {"ok": True, "generator": generator(), "functions": found}


def main() -> int:
    parser = argparse.ArgumentParser(description="Prints the functions.json of a tool.")
    parser.add_argument("--path", action="append", default=[], help="a folder to import from")
    options = parser.parse_args()
    sys.path[:0] = options.path
    request = json.load(sys.stdin)
    # What the tool prints while it is imported must not mix with the answer.
    out = os.dup(1)
    os.dup2(2, 1)
    logging.disable(logging.WARNING)
    found = answer(request)
    with os.fdopen(out, "w", encoding="utf-8") as stream:
        json.dump(found, stream, ensure_ascii=False)
        stream.write("\n")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
