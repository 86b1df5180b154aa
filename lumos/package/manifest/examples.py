"""Examples of a function: input, what must come out, and what it needs around it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lumos.package.manifest.tables import Table
from lumos.package.strictjson import text_problem

__all__ = ["HTTP_PLACEHOLDER", "MISSING", "Example", "Missing", "fill_http", "read_example"]

HTTP_PLACEHOLDER = "{http}"
_MAX_FILES = 32
_MAX_DEPTH = 32


class Missing:
    """The type of :data:`MISSING`: no output was given (JSON's null is an output)."""

    _only: Missing | None = None

    def __new__(cls) -> Missing:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Example:
    """One example. ``output`` is the function's own value, before MCP wraps it.

    ``exact``: numbers of the output are compared without a tolerance.

    ``files`` and ``http`` are paths below the import package; an example that is not ``offline``
    is shown and never run by the marketplace.
    """

    title: str
    input: dict[str, Any] = field(default_factory=dict)
    output: Any = MISSING
    output_schema: dict[str, Any] | None = None
    files: tuple[str, ...] = ()
    http: str | None = None
    offline: bool = True
    exact: bool = False


def fill_http(value: Any, base_url: str) -> Any:
    """The input with ``{http}`` in its strings replaced by the loopback server's base URL."""
    if isinstance(value, str):
        return value.replace(HTTP_PLACEHOLDER, base_url)
    if isinstance(value, dict):
        return {key: fill_http(item, base_url) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_http(item, base_url) for item in value]
    return value


def read_example(table: Table) -> Example:
    """Read one ``[[functions.NAME.examples]]``; problems go to the table's report."""
    table.only(("title", "input", "output", "output_schema", "files", "http", "offline", "exact"))
    example = Example(
        title=table.text("title", limit=120, required=True),
        input=table.get("input", dict) or {},
        output=table.data.get("output", MISSING),
        output_schema=table.get("output_schema", dict),
        files=_files(table),
        http=_http(table),
        offline=table.get("offline", bool) is not False,
        exact=table.get("exact", bool) or False,
    )
    for key in ("input", "output", "output_schema"):
        if key in table.data:
            _check_json(table, key)
    _check_together(table, example)
    return example


def _files(table: Table) -> tuple[str, ...]:
    found = table.strings("files")
    for _, path in found:
        _check_path(table, "files", path)
    if len(found) > _MAX_FILES or len({path for _, path in found}) < len(found):
        table.refuse(
            "manifest/example-files",
            "files",
            f"{table.name('files')} names {len(found)} files (at most {_MAX_FILES}), "
            "or one file twice.",
        )
    return tuple(path for _, path in found)


def _http(table: Table) -> str | None:
    path = table.get("http", str)
    if path is not None:
        _check_path(table, "http", path)
    return path


def _check_path(table: Table, key: str, path: str) -> None:
    parts = path.split("/")
    if not path or "\\" in path or ":" in path or any(part in ("", ".", "..") for part in parts):
        table.refuse(
            "manifest/example-path",
            key,
            f"{table.name(key)} names {path[:120]!r}, which is not a path inside the package.",
        )


def _check_json(table: Table, key: str) -> None:
    problem = next(_not_json(table.data[key]), None)
    if problem:
        table.refuse("manifest/not-json", key, f"{table.name(key)} contains {problem}.")


def _not_json(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        yield f"more than {_MAX_DEPTH} levels"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _not_json(key, depth + 1)
            yield from _not_json(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _not_json(item, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"the number {value}"
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield "a number that TOML does not have (64 bits)"
    elif isinstance(value, str) and (problem := text_problem(value)):
        yield problem
    elif not isinstance(value, (str, int, float, bool)):
        yield f"a {type(value).__name__}, which TOML has and JSON has not"


def _check_together(table: Table, example: Example) -> None:
    if example.output is not MISSING and "output_schema" in table.data:
        table.refuse(
            "manifest/example-output",
            "output_schema",
            f"{table.name('output')} and output_schema are both given.",
        )
    uses = fill_http(example.input, "") != example.input
    if uses != (example.http is not None):
        table.refuse(
            "manifest/example-http",
            "http" if "http" in table.data else "input",
            "The input uses {http} without a recording." if uses else "{http} is not in the input.",
        )
