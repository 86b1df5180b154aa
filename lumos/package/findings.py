"""What a check can find, in one shape for the package library, the scanners and the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Finding", "PackageRefused", "Severity", "refusal", "remark"]


class Severity(StrEnum):
    """How bad a finding is, from a remark to a reason to stop everything."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info up to 4 for critical."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found: where, why it matters and how to mend it.

    ``rule`` is ``subject/kebab-case``. ``file`` is the path inside the wheel, empty where the
    finding is about the whole. ``evidence`` is JSON (a schema difference, the offending source
    lines). ``blocking`` refuses the release whatever its scores are.
    """

    rule: str
    severity: Severity
    message: str
    why: str
    fix: str
    file: str = ""
    line: int | None = None
    confidence: str = "high"
    evidence: Mapping[str, Any] = field(default_factory=dict)
    blocking: bool = False

    @property
    def docs_url(self) -> str:
        """The page of the rule, relative to the marketplace's root."""
        return f"/docs/rules/{self.rule}"

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON, as the API and the terminal show it."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "confidence": self.confidence,
            "message": self.message,
            "why": self.why,
            "fix": self.fix,
            "file": self.file,
            "line": self.line,
            "evidence": dict(self.evidence),
            "blocking": self.blocking,
            "docs_url": self.docs_url,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """The inverse of :meth:`as_dict`."""
        known = {name: data[name] for name in cls.__slots__ if name in data}
        return cls(**{**known, "severity": Severity(data["severity"])})


class PackageRefused(Exception):
    """A package that breaks a rule; carries every finding that refuses it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))


def refusal(
    rule: str,
    message: str,
    *,
    why: str,
    fix: str,
    file: str = "",
    line: int | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> Finding:
    """A finding that refuses the release: high severity and blocking."""
    return Finding(
        rule, Severity.HIGH, message, why, fix, file, line, evidence=evidence or {}, blocking=True
    )


def remark(
    rule: str,
    severity: Severity,
    message: str,
    *,
    why: str,
    fix: str,
    file: str = "",
    line: int | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> Finding:
    """A finding that refuses nothing and costs points."""
    return Finding(rule, severity, message, why, fix, file, line, evidence=evidence or {})
