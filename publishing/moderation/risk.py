"""The risk of a case, 0 to 100, as a sum of parts that are each explained.

Pure functions on values: the moderators' queue is ordered by the result, and the case's page shows
each part. The weights are a judgment, not a measurement. Each part has a limit, so that no part
alone decides, and a good record lowers the risk by at most ``BEST_RECORD``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lumos.package.findings import Effect, Finding, Severity

#: Points of the first finding of a severity that rejects or holds; further ones add a quarter.
BLOCKING = {
    Severity.CRITICAL: 40,
    Severity.HIGH: 25,
    Severity.MEDIUM: 15,
    Severity.LOW: 5,
    Severity.INFO: 0,
}
#: Points of each other finding.
LOWERING = {Severity.CRITICAL: 6, Severity.HIGH: 4, Severity.MEDIUM: 2}
REASONS = {"malware": 40, "secrets": 30, "impersonation": 25, "license": 10, "spam": 10}
BEST_RECORD = -15
WORST_RECORD = 25


@dataclass(frozen=True, slots=True)
class Record:
    """What a namespace's publisher did before, in all tools of the namespace."""

    releases: int = 0
    days: int = 0
    rejected: int = 0
    quarantined: int = 0
    upheld_reports: int = 0
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the risk of a case is computed from."""

    findings: Sequence[Finding] = ()
    undeclared: Sequence[str] = ()
    is_native: bool = False
    dependencies: int = 0
    record: Record = Record()
    #: Whether the tool has a release already, and the permissions that are new against it.
    is_first: bool = False
    new_permissions: Sequence[str] = ()
    open_reports: int = 0
    reported_for: str = ""
    downloads_30d: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the risk: its key, points (negative ones lower it) and the fact behind it."""

    key: str
    points: int
    fact: str

    def as_dict(self) -> dict[str, Any]:
        """The part as JSON."""
        return asdict(self)


def risk_of(facts: Facts) -> tuple[int, tuple[Part, ...]]:
    """The sum, limited to 0..100, and its parts; parts without points are left out."""
    parts = tuple(part for part in _parts(facts) if part.points)
    return max(0, min(100, sum(part.points for part in parts))), parts


def _parts(facts: Facts) -> Iterator[Part]:
    yield _reported(facts)
    yield _blocking([f for f in facts.findings if f.effect is not Effect.LOWER])
    yield _lowering([f for f in facts.findings if f.effect is Effect.LOWER])
    yield _part("undeclared", 8 * len(facts.undeclared), 20, ", ".join(facts.undeclared))
    yield Part("native", 15 if facts.is_native else 0, "")
    yield _part("dependencies", facts.dependencies, 10, str(facts.dependencies))
    yield Part("first", 5 if facts.is_first else 0, "")
    new = facts.new_permissions
    yield _part("new-permissions", 8 * len(new), 16, ", ".join(new))
    yield _part("reports", 10 * facts.open_reports, 30, str(facts.open_reports))
    yield from _record(facts.record)


def _part(key: str, points: float, most: int, fact: str) -> Part:
    return Part(key, min(most, round(points)), fact)


def _blocking(findings: list[Finding]) -> Part:
    """The gravest finding in full, a quarter of each other one."""
    points = sorted((BLOCKING[finding.severity] for finding in findings), reverse=True)
    total = sum(points[:1]) + sum(points[1:]) / 4
    return _part("blocking", total, 60, _counted(findings))


def _lowering(findings: list[Finding]) -> Part:
    points = sum(LOWERING.get(finding.severity, 0) for finding in findings)
    return _part("lowering", points, 12, _counted(findings))


def _counted(findings: list[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    ordered = sorted(counts, key=lambda severity: -severity.rank)
    return ", ".join(f"{counts[severity]} {severity.value}" for severity in ordered)


def _reported(facts: Facts) -> Part:
    """The reason of a report, weighted by how many people have the tool."""
    points = REASONS.get(facts.reported_for, 5) if facts.reported_for else 0
    reach = 5 * math.log10(1 + facts.downloads_30d) if points else 0
    return _part("reported", points + reach, 60, facts.reported_for)


def _record(record: Record) -> Iterator[Part]:
    """A new publisher raises the risk, and so do earlier harm and many rejections.

    Releases and time lower it only if nothing was quarantined or reported rightly.
    """
    harm = record.quarantined + record.upheld_reports
    if harm:
        yield _part("harm", 15 * harm, WORST_RECORD, str(harm))
    elif record.releases == 0:
        yield Part("new-publisher", 15, "")
    else:
        good = min(10, record.releases) + min(5, record.days // 60)
        yield Part("record", max(BEST_RECORD, -good), f"{record.releases}, {record.days}")
    yield _part("rejected", 3 * record.rejected, 12, str(record.rejected))
