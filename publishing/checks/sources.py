"""What is kept of a check: the source lines that a finding points to, and no secret.

The wheel may be gone when the findings are read, so its lines are kept with them.
"""

from __future__ import annotations

from dataclasses import replace

from lumos.package.excerpts import excerpt
from lumos.package.findings import Finding
from lumos.package.masking import Masker
from publishing.checks.base import Outcome, Workspace

#: What these find must not be shown again.
SECRET = "secret/"  # noqa: S105 - the beginning of a rule's id


def with_sources(outcome: Outcome, workspace: Workspace) -> Outcome:
    """The outcome, whose findings carry ``evidence.source`` and ``evidence.first_line``."""
    lines: dict[str, list[str]] = {}
    return replace(
        outcome,
        findings=tuple(_with_source(finding, workspace, lines) for finding in outcome.findings),
    )


def masked(outcome: Outcome, masker: Masker) -> Outcome:
    """The outcome as it may be stored and shown: messages, findings and evidence masked."""
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
