"""The result of a scan: findings, used permissions, a level and a score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lumos.package.findings import Finding, Severity
from lumos.package.values import read

__all__ = ["Evidence", "ScanReport", "level_of", "limited", "score_of"]

LEVELS = ("safe", "warning", "dangerous", "malicious")

# Points that the first finding of a rule costs. Each further finding of the rule costs a tenth of
# that, up to twice the cost in total, so that a repeated problem leaves room for different ones.
PENALTY = {
    Severity.INFO: 0.0,
    Severity.LOW: 1.0,
    Severity.MEDIUM: 6.0,
    Severity.HIGH: 15.0,
    Severity.CRITICAL: 40.0,
}
CONFIDENCE = {"high": 1.0, "medium": 0.6, "low": 0.3}
SHOWN_PER_RULE = 25
SHOWN = 400


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the code that needs a permission.

    ``what`` names the use (``requests.get``); ``value`` is the host or the environment variable if
    it is constant in the source, else empty.
    """

    file: str
    line: int
    what: str
    value: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The evidence as JSON."""
        return {"file": self.file, "line": self.line, "what": self.what, "value": self.value}


@dataclass(frozen=True, slots=True)
class ScanReport:
    """The result of one scan of one unpacked package.

    ``level`` is ``safe``, ``warning``, ``dangerous`` or ``malicious``; ``score`` 0 to 100.
    ``detected`` maps a permission's kind to its places in the code. ``found`` (detected, with hosts
    and variables), ``undeclared`` and ``unused`` are permission strings. ``scanners`` maps names
    of scanners to versions.
    """

    level: str
    score: int
    findings: tuple[Finding, ...]
    detected: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    found: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    scanners: Mapping[str, str] = field(default_factory=dict)
    files: int = 0
    duration_ms: int = 0

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that block the release regardless of its scores."""
        return tuple(finding for finding in self.findings if finding.blocking)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON; :meth:`from_dict` reads it back."""
        return {
            "level": self.level,
            "score": self.score,
            "findings": [finding.as_dict() for finding in self.findings],
            "detected": {kind: [e.as_dict() for e in seen] for kind, seen in self.detected.items()},
            "found": list(self.found),
            "undeclared": list(self.undeclared),
            "unused": list(self.unused),
            "scanners": dict(self.scanners),
            "files": self.files,
            "duration_ms": self.duration_ms,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ScanReport:
        """The inverse of :meth:`as_dict`; raises ``ValueError`` for invalid data."""
        report = read(cls, data)
        # Reports stored before ``found`` was added have only the kinds.
        return report if "found" in data else replace(report, found=tuple(sorted(report.detected)))


def score_of(findings: Iterable[Finding]) -> int:
    """100 minus the costs of the findings, at least 0; with a grave finding, at most 10."""
    findings = list(findings)
    costs: dict[str, list[float]] = defaultdict(list)
    for finding in findings:
        costs[finding.rule].append(
            PENALTY[finding.severity] * CONFIDENCE.get(finding.confidence, 1.0)
        )
    lost = sum(min(sum(c) * 0.1 + max(c) * 0.9, max(c) * 2) for c in costs.values())
    score = max(0, round(100 - lost))
    return min(score, 10) if any(_is_grave(finding) for finding in findings) else score


def _is_grave(finding: Finding) -> bool:
    """Whether it blocks because of the code; undeclared permissions are not grave."""
    return finding.blocking and not finding.rule.startswith("permissions/")


def level_of(findings: Sequence[Finding]) -> str:
    """The level of a report with these findings."""
    if any(f.blocking and f.rule.startswith("malware/") for f in findings):
        return "malicious"
    if any(_is_grave(f) or f.severity is Severity.CRITICAL for f in findings):
        return "dangerous"
    if any(f.rule.startswith("malware/") and f.severity is Severity.HIGH for f in findings):
        return "dangerous"
    return "warning" if any(f.severity.rank >= Severity.MEDIUM.rank for f in findings) else "safe"


def limited(findings: Iterable[Finding]) -> tuple[list[Finding], int]:
    """The findings to show, most severe first without duplicates, and the number of the others."""
    unique = {(f.rule, f.file, f.line or 0, f.message): f for f in findings}
    ordered = sorted(
        unique.items(), key=lambda item: (not item[1].blocking, -item[1].severity.rank, item[0])
    )
    shown: list[Finding] = []
    seen: dict[str, int] = defaultdict(int)
    for _, finding in ordered:
        seen[finding.rule] += 1
        fits = seen[finding.rule] <= SHOWN_PER_RULE and len(shown) < SHOWN
        if fits or (finding.blocking and seen[finding.rule] <= SHOWN):
            shown.append(finding)
    return shown, len(ordered) - len(shown)
