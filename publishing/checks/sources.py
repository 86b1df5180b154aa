"""Add source lines to findings, and mask secrets before they are stored.

The lines are stored with the findings, because the wheel may be deleted later.
"""

from __future__ import annotations

from dataclasses import replace

from lumos.package.excerpts import excerpt
from lumos.package.findings import Finding
from lumos.package.masking import Masker
from publishing.checks.base import Outcome, Workspace

#: The lines of these findings contain secrets and are not stored.
SECRET = "secret/"  # noqa: S105 - the prefix of rule ids


def with_sources(outcome: Outcome, workspace: Workspace) -> Outcome:
    """Add ``source`` and ``first_line`` to the evidence of each finding that has a line."""
    lines: dict[str, list[str]] = {}
    return replace(
        outcome,
        findings=tuple(_with_source(finding, workspace, lines) for finding in outcome.findings),
    )


def masked(outcome: Outcome, masker: Masker) -> Outcome:
    """Mask the messages, findings and evidence of an outcome, so that it can be stored."""
    return replace(
        outcome,
        message=masker.text(outcome.message),
        findings=tuple(masker.finding(finding) for finding in outcome.findings),
        evidence=masker.value(outcome.evidence),
        why=masker.text(outcome.why),
    )


def _with_source(finding: Finding, workspace: Workspace, lines: dict[str, list[str]]) -> Finding:
    if not finding.line or finding.rule.startswith(SECRET) or "source" in finding.evidence:
        return finding
    if finding.file not in lines:
        lines[finding.file] = _lines_of(workspace, finding.file)
    around = excerpt(lines[finding.file], finding.line, masker=workspace.masker)
    return replace(finding, evidence={**finding.evidence, **around}) if around else finding


def _lines_of(workspace: Workspace, file: str) -> list[str]:
    if file not in workspace.wheel.files:
        return []
    text = workspace.wheel.archive.read(file).decode("utf-8", "replace")
    return text.replace("\0", "\ufffd").splitlines()
