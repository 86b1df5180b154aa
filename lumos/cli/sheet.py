"""The output of ``lumos tools info``: one release as text and as JSON."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lumos.cli.output import paint, plain
from lumos.cli.strip import strip
from lumos.client.changes import risk_of
from lumos.client.index import Release, ToolIndex, short_name
from lumos.package.functions import FunctionSpec
from lumos.package.manifest.permissions import Permissions

__all__ = ["as_json", "sheet", "version_list", "wrapped"]

_VERSIONS_SHOWN = 8
_LABEL = 14


def sheet(index: ToolIndex, release: Release, functions: Sequence[FunctionSpec]) -> str:
    """A release as text; ``functions`` is empty if the wheel was not read."""
    name = short_name(index.tool)
    lines = [f"{paint(name, 'name')} {release.version}  {plain(index.title)}"]
    lines += [wrapped(index.document.summary, ""), *_warnings(index, release), ""]
    lines += [
        f"  {label:<{_LABEL}} {plain(text)}" for label, text in _facts(index, release) if text
    ]
    lines += ["", strip(release.entry.scores), ""]
    for spec in functions:
        lines += [*_function(spec), ""]
    return "\n".join([*lines, f"  lumos add tool {name}"])


def _facts(index: ToolIndex, release: Release) -> list[tuple[str, str]]:
    entry = release.entry
    needs = [f"{short_name(need.tool)} {need.specifier}".strip() for need in release.tools]
    return [
        ("category", index.document.category),
        ("published", entry.uploaded_at.replace("T", " ").replace("Z", " UTC")),
        ("functions", ", ".join(entry.functions)),
        *_permissions(entry.permissions),
        ("needs tools", ", ".join(needs)),
        ("needs Python", ", ".join([entry.requires_python, *entry.dependencies.python])),
        ("funding", index.document.funding_url or ""),
        ("sha256", entry.sha256),
        ("releases", version_list(index)),
    ]


def _permissions(permissions: Permissions) -> list[tuple[str, str]]:
    """The permissions that are declared, found by the scan and seen at run time."""
    declared = [_with_risk(text) for text in permissions.declared]
    undeclared = [_with_risk(text) for text in permissions.undeclared]
    detected = "none." if permissions.found == () else ", ".join(permissions.found or ())
    return [
        ("permissions", ", ".join(declared) or "none declared"),
        ("found in code", " ".join([detected, permissions.unchecked]).strip()),
        ("seen at run time", _seen(permissions)),
        ("not declared", ", ".join(undeclared)),
    ]


def _seen(permissions: Permissions) -> str:
    """What the marketplace's sandbox saw the tool use; empty if it did not run there."""
    if permissions.seen is None:
        return ""
    return ", ".join(permissions.seen) or "none."


def _with_risk(text: str) -> str:
    return f"{text} ({risk_of(text)} risk)"


def _function(spec: FunctionSpec) -> Iterator[str]:
    """The function's description and a table of its parameters."""
    yield f"  {paint(spec.name, 'name')}"
    yield wrapped(spec.description.partition("\n\n")[0], "    ")
    required = spec.input_schema.get("required", [])
    properties: Mapping[str, Mapping[str, Any]] = spec.input_schema.get("properties", {})
    rows = [
        (name, _type(schema), "required" if name in required else _default(schema))
        for name, schema in properties.items()
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for row in rows:
        cells = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield f"    {cells}  {plain(properties[row[0]].get('description', ''))}".rstrip()


def _type(schema: Mapping[str, Any]) -> str:
    """A short name of the type."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_type, schema["anyOf"])))
    kind = schema.get("type", "object" if "$ref" in schema else "any")
    if kind == "array" and isinstance(schema.get("items"), Mapping):
        return f"array of {_type(schema['items'])}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _default(schema: Mapping[str, Any]) -> str:
    return f"= {json.dumps(schema['default'], ensure_ascii=False)}" if "default" in schema else ""


def _warnings(index: ToolIndex, release: Release) -> list[str]:
    warnings = []
    document = index.document
    if document.status != "active":
        instead = f"; use {document.successor}" if document.successor else ""
        why = f" ({document.deprecation})" if document.deprecation else ""
        warnings.append(f"This tool is {document.status}{why}{instead}.")
    if release.yanked is not None:
        warnings.append(f"This release was yanked: {release.yanked}.")
    if release.quarantined is not None:
        warnings.append(f"This release is in quarantine: {release.quarantined}.")
    return [paint(plain(text), "warn") for text in warnings]


def version_list(index: ToolIndex) -> str:
    """The newest versions, and the number of older ones."""
    shown = [
        f"{release.version}" + (" (yanked)" if release.yanked is not None else "")
        for release in index.releases[:_VERSIONS_SHOWN]
    ]
    more = len(index.releases) - len(shown)
    return ", ".join(shown) + (f" and {more} older" if more else "")


#: What is left out of the index document: how the file is found, and what the command says itself.
_NOT_SHOWN = frozenset({"schema", "distribution", "releases", "file", "url", "uploaded_at"})


def as_json(
    index: ToolIndex, release: Release, functions: Sequence[FunctionSpec]
) -> dict[str, Any]:
    """The same as JSON, with the schemas whole."""
    fields = {**asdict(index.document), **asdict(release.entry)}
    return {
        **{name: value for name, value in fields.items() if name not in _NOT_SHOWN},
        "title": index.title,
        "functions": [spec.as_dict() for spec in functions]
        or [{"name": name} for name in release.entry.functions],
        "yanked": release.yanked,
        "quarantined": release.quarantined,
        "releases": [
            {
                "version": str(other.version),
                "yanked": other.yanked,
                "uploaded_at": other.entry.uploaded_at,
            }
            for other in index.releases
        ],
    }


def wrapped(text: str, indent: str) -> str:
    """``text`` wrapped to the width of the terminal, at most 100 columns."""
    width = min(100, shutil.get_terminal_size().columns)
    return textwrap.fill(plain(text), width, initial_indent=indent, subsequent_indent=indent)
