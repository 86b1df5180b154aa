"""The quality report and the security report of a release."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.models.releases import Release
from catalog.shapes import QualityDocument
from lumos.package.findings import Finding
from lumos.package.quality import Scores
from lumos.package.values import build, read


def _percent(*names: str) -> models.CheckConstraint:
    bounds = Q()
    for name in names:
        bounds &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (0, 100)})
    return models.CheckConstraint(condition=bounds, name="scores_are_percent")


class QualityReport(models.Model):
    """The five scores of a release (0 to 100; null: not measured) with every factor."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="quality")
    security = models.PositiveSmallIntegerField(null=True)
    performance = models.PositiveSmallIntegerField(null=True)
    compatibility = models.PositiveSmallIntegerField(null=True)
    documentation = models.PositiveSmallIntegerField(null=True)
    overall = models.PositiveSmallIntegerField(null=True)
    gate_passed = models.BooleanField(default=False)
    formula = models.CharField(max_length=20)
    #: catalog.shapes.QualityDocument as JSON.
    report = models.JSONField()
    #: The sandbox's report: timings, memory, layers, machine; null: not measured.
    measurements = models.JSONField(null=True)
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            _percent("security", "performance", "compatibility", "documentation", "overall")
        ]

    def __str__(self) -> str:
        return f"quality of {self.release_id}: {self.overall}"

    def scores(self) -> Scores:
        """The five scores."""
        return build(Scores, self)

    def document(self) -> QualityDocument:
        """The scores with their factors."""
        return read(QualityDocument, self.report)


class SecurityReport(models.Model):
    """The scanners' findings in a release."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="security")
    level = models.CharField(max_length=10)  # safe | warning | dangerous | malicious
    score = models.PositiveSmallIntegerField()
    findings = models.JSONField(default=list)
    #: security_scan ScanReport.as_dict() without its findings.
    report = models.JSONField(default=dict)
    scanned_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"scan of {self.release_id}: {self.level}"

    def found(self) -> tuple[Finding, ...]:
        """The findings as values."""
        return tuple(Finding.from_dict(finding) for finding in self.findings)

    def severities(self) -> Counter[str]:
        """The number of findings by severity."""
        return Counter(finding["severity"] for finding in self.findings)
