"""The shape of a rule: what it says, why it matters and how to mend what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lumos.package.findings import Finding, Severity

__all__ = ["Rule", "by_id"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a scanner, as data.

    ``why`` and ``fix`` are whole sentences; ``example`` is what sets the rule off. ``blocking``
    says that a finding of this rule refuses the release unless the scanner says otherwise.
    """

    id: str
    title: str
    severity: Severity
    why: str
    fix: str
    example: str = ""
    blocking: bool = False
    link: str = ""

    def finding(
        self,
        message: str,
        file: str = "",
        line: int | None = None,
        *,
        severity: Severity | None = None,
        confidence: str = "high",
        evidence: Mapping[str, Any] | None = None,
        blocking: bool | None = None,
    ) -> Finding:
        """A finding of this rule; ``severity`` and ``blocking`` default to the rule's own."""
        return Finding(
            rule=self.id,
            severity=severity or self.severity,
            message=message,
            why=self.why,
            fix=self.fix,
            file=file,
            line=line,
            confidence=confidence,
            evidence=dict(evidence or {}),
            blocking=self.blocking if blocking is None else blocking,
        )


def by_id(rules: Iterable[Rule]) -> dict[str, Rule]:
    """The rules by their id; raises ``ValueError`` if two bear the same."""
    table: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in table:
            raise ValueError(f"two rules are called {rule.id}")
        table[rule.id] = rule
    return table
