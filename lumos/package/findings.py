"""What a check can find, in one shape for the package library, the scanners and the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lumos.package.values import read

__all__ = ["Effect", "Finding", "PackageRefused", "Severity", "by_effect", "effect_of"]


class Severity(StrEnum):
    """How bad a finding is, from a hint to malicious code."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info up to 4 for critical."""
        return list(Severity).index(self)


class Effect(StrEnum):
    """What a finding does to the release."""

    REJECT = "reject"
    """The release is rejected."""
    HOLD = "hold"
    """The release is held until a moderator decides, unless another finding rejects it."""
    LOWER = "lower"
    """The release is published, usually with fewer points."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found: where, why it matters and how to fix it.

    Made by :meth:`lumos.package.rules.Rule.finding`. ``rule`` is ``subject/kebab-case``. ``file``
    is the path inside the wheel, empty where the finding is about the whole. ``evidence`` is JSON
    (a schema difference, the offending source lines).
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
    effect: Effect = Effect.LOWER
    #: Whether the release does not go live by itself: it is rejected or held. Follows from effect.
    blocking: bool = False
    #: The page of the rule, relative to the marketplace's root; follows from ``rule``.
    docs_url: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocking", self.effect is not Effect.LOWER)
        object.__setattr__(self, "docs_url", f"/docs/rules/{self.rule}")

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
            "effect": self.effect.value,
            "blocking": self.blocking,
            "docs_url": self.docs_url,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """The inverse of :meth:`as_dict`; also reads findings stored before they had an effect."""
        return read(cls, {**data, "effect": effect_of(data).value})


def effect_of(document: Mapping[str, Any]) -> Effect:
    """The effect of a finding in JSON, which had only ``blocking`` before it had an effect."""
    blocking = Effect.REJECT if document.get("blocking") else Effect.LOWER
    return Effect(document.get("effect") or blocking)


def by_effect(documents: Iterable[Mapping[str, Any]]) -> dict[Effect, list[Mapping[str, Any]]]:
    """Findings in JSON by what they do, the gravest effect first; effects of none are left out."""
    documents = list(documents)
    groups = {
        effect: [document for document in documents if effect_of(document) is effect]
        for effect in Effect
    }
    return {effect: found for effect, found in groups.items() if found}


class PackageRefused(Exception):
    """A package that breaks a rule; carries every finding that refuses it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))
