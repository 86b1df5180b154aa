"""Findings as people read them: rule, file and line, why, how to fix it, where to read more."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from lumos.cli.output import paint, plain
from lumos.package.findings import Effect, Finding, by_effect
from lumos.package.masking import Masker

__all__ = ["show_findings"]

_COLORS = {"critical": "bad", "high": "bad", "medium": "warn", "low": "muted", "info": "muted"}
_MAX_EVIDENCE = 8
_HEADINGS = {
    Effect.REJECT: "Blocking findings",
    Effect.HOLD: "Held for review",
    Effect.LOWER: "Other findings (not blocking)",
}


def show_findings(findings: Iterable[Finding | Mapping[str, Any]], *, root: str) -> str:
    """The findings as text for stderr, by what they do and then the worst first.

    ``root`` is the registry's address.
    """
    groups = by_effect(_masked(finding) for finding in findings)
    return "\n\n".join(_group(effect, group, root) for effect, group in groups.items())


def _group(effect: Effect, findings: list[Mapping[str, Any]], root: str) -> str:
    order = list(_COLORS)
    worst_first = sorted(
        findings, key=lambda finding: order.index(str(finding.get("severity", "info")))
    )
    heading = paint(_HEADINGS[effect], "strong", sys.stderr)
    return "\n\n".join([heading, *(_one(finding, root) for finding in worst_first)])


def _masked(finding: Finding | Mapping[str, Any]) -> dict[str, Any]:
    """As JSON without secrets: a registry or a generator may not have masked them."""
    data = finding.as_dict() if isinstance(finding, Finding) else dict(finding)
    masked: dict[str, Any] = Masker().value(data)
    return masked


def _one(finding: Mapping[str, Any], root: str) -> str:
    severity = str(finding.get("severity", "info"))
    place = str(finding.get("file") or "")
    if place and finding.get("line"):
        place += f":{finding['line']}"
    head = paint(f"{severity:<8}", _COLORS[severity], sys.stderr)
    lines = [f"{head} {paint(str(finding['rule']), 'strong', sys.stderr)}  {place}".rstrip()]
    lines.append(f"  {_indented(finding.get('message', ''))}")
    for label in ("why", "fix"):
        if finding.get(label):
            lines.append(f"  {label:<5}{_indented(finding[label], 7)}")
    lines += [f"       {text}" for text in _evidence(finding.get("evidence"))]
    docs = str(finding.get("docs_url") or "")
    if docs:
        lines.append(f"  docs {root}{docs}" if docs.startswith("/") else f"  docs {docs}")
    return "\n".join(lines)


def _evidence(evidence: Any) -> list[str]:
    """The differences of a schema, or the lines of the source, where a finding has them."""
    if not isinstance(evidence, Mapping):
        return []
    changes = evidence.get("changes") or evidence.get("differences")
    if isinstance(changes, list):
        shown = [_change(change) for change in changes[:_MAX_EVIDENCE]]
        return shown + (
            [f"and {len(changes) - len(shown)} more"] if len(changes) > len(shown) else []
        )
    source = evidence.get("source") or evidence.get("code")
    return plain(source).splitlines()[:_MAX_EVIDENCE] if source else []


def _change(change: Any) -> str:
    if not isinstance(change, Mapping):
        return str(change)
    place = ".".join(str(change[key]) for key in ("function", "path") if change.get(key))
    before, after = (json.dumps(change.get(key)) for key in ("before", "after"))
    return f"{place}: {before} -> {after}"


def _indented(text: Any, width: int = 2) -> str:
    return plain(text).replace("\n", "\n" + " " * width)
