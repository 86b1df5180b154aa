"""The shape of a rule: data that the checkers, the site, the docs and the command all read.

The rules of a checker stand in the ``rules.py`` beside it. ``rulebook.py`` is the table of all of
them; ``security_scan.rules`` extends it with the scanners' rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lumos.package.findings import Effect, Finding, Severity

__all__ = ["N_", "Rule", "merged", "table"]


def N_(text: str) -> str:  # noqa: N802 - the name by which xgettext finds it
    """Mark a text for translation; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as data.

    ``what`` says which input breaks the rule, ``bad`` and ``good`` are examples in ``language``.
    ``severity`` and ``effect`` are those of its findings. A rule with ``weaker`` severities also
    has findings where the evidence is weaker or the place harmless: these have one of the
    ``weaker`` severities and do not block.
    """

    id: str
    title: str
    severity: Severity = Severity.HIGH
    effect: Effect = Effect.REJECT
    why: str = ""
    fix: str = ""
    what: str = ""
    bad: str = ""
    good: str = ""
    language: str = "text"
    link: str = ""
    weaker: tuple[Severity, ...] = ()

    @property
    def subject(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    def finding(
        self,
        message: str,
        file: str = "",
        line: int | None = None,
        *,
        weaker: Severity | None = None,
        fix: str = "",
        confidence: str = "high",
        evidence: Mapping[str, Any] | None = None,
    ) -> Finding:
        """A finding of this rule; ``fix`` replaces the rule's own where this case needs another.

        Raises ``ValueError`` for a ``weaker`` severity that the rule does not list.
        """
        if weaker is not None and weaker not in self.weaker:
            raise ValueError(f"{self.id} has no weaker findings of severity {weaker}")
        return Finding(
            rule=self.id,
            severity=weaker or self.severity,
            message=message,
            why=self.why,
            fix=fix or self.fix,
            file=file,
            line=line,
            confidence=confidence,
            evidence=dict(evidence or {}),
            effect=Effect.LOWER if weaker else self.effect,
        )


def table(*rules: Rule) -> dict[str, Rule]:
    """The rules by id; raises ``ValueError`` if two have the same."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in found:
            raise ValueError(f"two rules have the id {rule.id}")
        found[rule.id] = rule
    return found


def merged(*tables: Mapping[str, Rule]) -> dict[str, Rule]:
    """Several tables as one; raises ``ValueError`` if two have a rule of the same id."""
    return table(*(rule for rules in tables for rule in rules.values()))
