"""The quality and the security tab of a release: its two reports, prepared for templates."""

from __future__ import annotations

from collections import Counter
from typing import Any

from catalog.models import QualityReport, SecurityReport
from catalog.shapes import QualityDocument
from lumos.package.findings import Severity
from marketplace.presenters.benchmark import benchmark
from marketplace.presenters.evidence import MEASURES
from marketplace.presenters.trials import trials
from security_scan.report import ScanReport


def quality_tab(quality: QualityReport | None) -> dict[str, Any]:
    """The template context of the quality tab; without a report, nothing is measured."""
    document = quality.document() if quality else QualityDocument()
    return {
        "measures": [(measure, document.scores.get(measure.key)) for measure in MEASURES],
        "trials": trials(document.trials),
        "benchmark": benchmark(quality.measurements if quality else None),
    }


def security_tab(security: SecurityReport | None) -> dict[str, Any]:
    """The template context of the security tab, the gravest findings first."""
    if security is None:
        return {"findings": []}
    findings = security.found()
    counts = Counter(finding.severity for finding in findings)
    scan = ScanReport.from_dict(
        {
            "level": security.level,
            "score": security.score,
            **security.report,
            "findings": security.findings,
        }
    )
    return {
        "findings": sorted(findings, key=lambda finding: -finding.severity.rank),
        "severities": [(level, counts[level]) for level in reversed(Severity) if counts[level]],
        "detected": scan.detected.items(),
        "undeclared_kinds": {text.partition(":")[0] for text in scan.undeclared},
        "unused": scan.unused,
        "scanners": scan.scanners.items(),
    }
