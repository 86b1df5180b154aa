"""The security score: the scanners' findings, and declared against used permissions.

Formula 1 has no factors for vulnerable dependencies and provenance, because the marketplace does
not measure them yet, and no release could meet all targets with an unmeasured factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lumos.package.findings import Finding, Severity
from lumos.package.manifest.permissions import Permission
from lumos.package.rules import N_
from publishing.quality.evidence import Evidence, Package
from publishing.quality.model import Factor, Score, score_of
from publishing.quality.words import count_of
from security_scan.report import CONFIDENCE, ScanReport

__all__ = ["security"]

HOSTILE = ("malware/", "secret/", "hidden-text/", "description/")
UNSEEN = ("files/", "scan/")
RISK_WEIGHT = {"low": 1.0, "medium": 2.0, "high": 3.0}

#: The share of a factor's points that the first finding of a rule costs, by severity. Each further
#: finding of the rule costs a tenth of it, up to twice the cost in total.
HOSTILE_COST = {"info": 0.0, "low": 0.1, "medium": 0.35, "high": 1.0, "critical": 1.0}
WEAKNESS_COST = {"info": 0.0, "low": 0.02, "medium": 0.12, "high": 0.35, "critical": 1.0}
UNSEEN_COST = {"info": 0.0, "low": 0.2, "medium": 0.4, "high": 1.0, "critical": 1.0}


def security(evidence: Evidence) -> Score:
    """0 to 100, from the scan report; without one, every factor is unmeasured."""
    scan = evidence.scan
    return score_of(
        "security",
        [
            _hostile(scan),
            _weaknesses(scan),
            _declared(scan, evidence.package.permissions),
            _least(scan, evidence.package),
            _coverage(scan),
        ],
    )


def _hostile(scan: ScanReport | None) -> Factor:
    findings = _of(scan, HOSTILE)
    blank = _blank(
        "hostile", N_("Nothing malicious, hidden or secret"), 35,
        N_("Fix each finding, or appeal if the scanner is wrong."),
    )  # fmt: skip
    return _factor(blank, scan, findings, HOSTILE_COST)


def _weaknesses(scan: ScanReport | None) -> Factor:
    other = (*HOSTILE, *UNSEEN, "permissions/")
    findings = [f for f in scan.findings if not f.rule.startswith(other)] if scan else []
    blank = _blank(
        "weaknesses", N_("Few known weaknesses in the code"), 25,
        N_("See the finding for a safer alternative; the linked page explains it."),
    )  # fmt: skip
    return _factor(blank, scan, findings, WEAKNESS_COST)


def _coverage(scan: ScanReport | None) -> Factor:
    blank = _blank(
        "coverage", N_("Every file was scanned"), 15,
        N_("Ship source that the marketplace's newest Python can parse, and no compiled files."),
    )  # fmt: skip
    return _factor(blank, scan, _of(scan, UNSEEN), UNSEEN_COST)


def _declared(scan: ScanReport | None, permissions: Sequence[str]) -> Factor:
    title, weight = N_("Everything the code uses is declared"), 20
    if scan is None:
        return Factor("declared", title, weight, None, N_("Not scanned."), "")
    missing = tuple(scan.undeclared)
    if not missing:
        evidence = f"{len(permissions)} declared, {count_of(len(scan.detected), 'kind')} found."
        return Factor("declared", title, weight, float(weight), evidence)
    lost = sum(RISK_WEIGHT[Permission.parse(text).risk] for text in missing)
    whole = max(lost, sum(RISK_WEIGHT[Permission(kind).risk] for kind in scan.detected))
    earned = weight * (1 - lost / whole)
    return Factor(
        "declared", title, weight, earned, f"Used, but not declared: {', '.join(missing)}.",
        N_("Add them to permissions in tool.toml, or remove the code that needs them."),
    )  # fmt: skip


def _least(scan: ScanReport | None, package: Package) -> Factor:
    title, weight = N_("No unused permission is declared"), 5
    if scan is None:
        return Factor("least", title, weight, None, N_("Not scanned."), "")
    if not scan.unused:
        return Factor("least", title, weight, float(weight), N_("Every permission is used."))
    unseen = f"Declared, but not used by its own code: {', '.join(scan.unused)}"
    if package.requirements:
        evidence = f"{unseen}; its dependencies may use them."
        return Factor("least", title, weight, float(weight), evidence)
    earned = weight * max(0.0, 1 - len(scan.unused) / max(1, len(package.permissions)))
    return Factor(
        "least", title, weight, earned, f"{unseen}.",
        N_("Remove the permissions that the tool does not need."),
    )  # fmt: skip


def _of(scan: ScanReport | None, subjects: tuple[str, ...]) -> list[Finding]:
    return [f for f in scan.findings if f.rule.startswith(subjects)] if scan else []


def _blank(key: str, title: str, weight: float, improve: str) -> Factor:
    return Factor(key, title, weight, None, N_("Not scanned."), improve)


def _factor(
    blank: Factor, scan: ScanReport | None, findings: Sequence[Finding], costs: Mapping[str, float]
) -> Factor:
    """Fill ``blank``, an unmeasured factor with its advice, from the findings."""
    if scan is None:
        return replace(blank, improve="")
    lost = min(1.0, _cost(findings, costs))
    counted = [f for f in findings if f.severity is not Severity.INFO]
    evidence = _summary(counted) if counted else f"Nothing found in {count_of(scan.files, 'file')}."
    earned = blank.weight * (1 - lost)
    improve = blank.improve if lost else ""
    return replace(blank, earned=earned, evidence=evidence, improve=improve)


def _cost(findings: Iterable[Finding], costs: Mapping[str, float]) -> float:
    by_rule: dict[str, list[float]] = {}
    for finding in findings:
        cost = costs[finding.severity.value] * CONFIDENCE.get(finding.confidence, 1.0)
        by_rule.setdefault(finding.rule, []).append(cost)
    return sum(min(max(c) * 0.9 + sum(c) * 0.1, max(c) * 2) for c in by_rule.values())


def _summary(findings: Sequence[Finding]) -> str:
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    shown = [f"{rule} ({count})" if count > 1 else rule for rule, count in counts.items()]
    more = f" and {len(shown) - 6} more rules" if len(shown) > 6 else ""
    return f"{', '.join(shown[:6])}{more}."
