"""The entries of ``functions.json`` for the functions of a tool."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from typing import Any

from .findings import DescriptionRefused, Subject
from .loading import load
from .schemas import generate, kept_findings
from .signature import parameter_findings, type_findings, type_hints


def describe(
    functions: Mapping[str, str], hints: Mapping[str, Mapping[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """The entries of ``functions.json``, sorted by name.

    ``functions`` maps a name to ``package.module:function``; the modules are imported.
    Raises DescriptionRefused with the findings of all functions.
    """
    entries, findings = [], []
    for name, entry in sorted(functions.items()):
        try:
            entries.append(describe_one(name, entry, (hints or {}).get(name, {})))
        except DescriptionRefused as refused:
            findings += refused.findings
    if findings:
        raise DescriptionRefused(findings)
    return entries


def describe_one(name: str, entry: str, hints: Mapping[str, Any]) -> dict[str, Any]:
    subject = Subject(name, entry, load(name, entry))
    types = type_hints(subject)
    findings = [*parameter_findings(subject), *type_findings(subject, types)]
    if findings:
        raise DescriptionRefused(findings)
    described = generate(subject, types, hints)
    if findings := list(kept_findings(subject, types)):
        raise DescriptionRefused(findings)
    return described


def generator() -> str:
    """The pinned generator and its version, as ``functions.json`` names it."""
    return f"mcp {importlib.metadata.version('mcp')}"


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """The program's answer to ``request``; findings are part of it, not an exception."""
    try:
        functions = describe(request["functions"], request.get("hints"))
    except DescriptionRefused as refused:
        return {"ok": False, "findings": refused.findings}
    return {"ok": True, "generator": generator(), "functions": functions}
