"""The moderators' queue: cases, decisions, reports and notes on findings."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value, When
from django.utils import timezone

from catalog.models import Tool


class CaseKind(models.TextChoices):
    """Why a case is in the queue."""

    HELD = "held"
    APPEAL = "appeal"
    REPORT = "report"


class Verdict(models.TextChoices):
    """What a moderator decides. For a report, approving it keeps the tool available."""

    APPROVE = "approve"
    REJECT = "reject"


class Reason(models.TextChoices):
    """Why a tool is reported."""

    MALWARE = "malware"
    SECRETS = "secrets"
    IMPERSONATION = "impersonation"
    LICENSE = "license"
    SPAM = "spam"
    OTHER = "other"


class Report(models.Model):
    """A user's report that a tool is harmful or breaks the rules."""

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="reports")
    version = models.CharField(max_length=64, blank=True, default="")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=16, choices=Reason)
    text = models.CharField(max_length=2000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="report_has_text")
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.tool_id} {self.version}"


class CaseQuerySet(models.QuerySet["Case"]):
    """Named filters over cases."""

    def open(self) -> CaseQuerySet:
        """Cases that wait for a decision."""
        return self.filter(closed_at__isnull=True)

    def decided(self) -> CaseQuerySet:
        """Cases that moderators closed; not those that the publisher withdrew."""
        return self.filter(outcome__in=["approved", "rejected"])

    def named(self, text: str) -> CaseQuerySet:
        """Cases on tools whose distribution (``namespace-name``) contains the text."""
        part = text.strip().lower().replace("/", "-")
        return self.filter(
            Q(publication__distribution__contains=part)
            | Q(report__tool__distribution__contains=part)
        )

    def with_subjects(self) -> CaseQuerySet:
        """Load the publication or the report with each case."""
        return self.select_related(
            "publication__namespace",
            "publication__uploader",
            "publication__release__tool__namespace",
            "report__tool__namespace",
            "report__reporter",
        )

    def in_order(self) -> CaseQuerySet:
        """Overdue cases first, the oldest at the top; then by risk, then by age."""
        late = timezone.now() - dt.timedelta(hours=settings.MODERATION_HOURS)
        overdue = models.Case(
            When(opened_at__lt=late, then=Value(1)),
            default=Value(0),
            output_field=models.SmallIntegerField(),
        )
        since = models.Case(When(opened_at__lt=late, then=F("opened_at")), default=Value(None))
        return self.annotate(overdue=overdue, overdue_since=since).order_by(
            "-overdue", F("overdue_since").asc(nulls_last=True), "-risk", "opened_at", "pk"
        )


class Case(models.Model):
    """A held publication, an appeal or a report that waits for a moderator's decision."""

    kind = models.CharField(max_length=8, choices=CaseKind)
    publication = models.ForeignKey(
        "publishing.Publication", null=True, on_delete=models.CASCADE, related_name="cases"
    )
    report = models.OneToOneField(Report, null=True, on_delete=models.CASCADE, related_name="case")
    #: 0 to 100, with the parts that make it (publishing.moderation.risk).
    risk = models.PositiveSmallIntegerField(default=0)
    risk_parts = models.JSONField(default=list)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    #: approved, rejected, or withdrawn if the case ended without a decision.
    outcome = models.CharField(max_length=10, blank=True, default="")
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(publication__isnull=False, report__isnull=True)
                | Q(publication__isnull=True, report__isnull=False),
                name="case_is_about_one",
            ),
            models.UniqueConstraint(
                fields=["publication"],
                condition=Q(closed_at__isnull=True),
                name="case_open_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | Q(closed_at__isnull=False) & ~Q(outcome=""),
                name="case_closed_has_outcome",
            ),
            models.CheckConstraint(condition=Q(risk__lte=100), name="case_risk_is_percent"),
        ]
        indexes: ClassVar = [models.Index(fields=["closed_at", "-risk"])]

    def __str__(self) -> str:
        return f"{self.kind}: {self.tool_name} {self.version}"

    @property
    def tool_name(self) -> str:
        """``namespace/name`` of the tool that the case is about."""
        if self.publication is not None:
            return self.publication.tool_name
        return self.report.tool.full_name if self.report else ""

    @property
    def version(self) -> str:
        """The version that the case is about; empty for a report on the whole tool."""
        about = self.publication or self.report
        return about.version if about else ""

    @property
    def due_at(self) -> dt.datetime:
        """When the stated time to decide ends."""
        return self.opened_at + dt.timedelta(hours=settings.MODERATION_HOURS)

    @property
    def is_overdue(self) -> bool:
        """Whether the stated time passed without a decision."""
        return self.closed_at is None and self.due_at < timezone.now()

    def get_absolute_url(self) -> str:
        """The case's page at the moderators' desk."""
        return f"/desk/{self.pk}/"


class Decision(models.Model):
    """One moderator's decision on a case. Official tools need two approvals."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "moderator"], name="decision_once_each"),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.reason}"


class FindingNote(models.Model):
    """The publisher's answer to a finding, and a moderator's acceptance of the finding."""

    publication = models.ForeignKey(
        "publishing.Publication", on_delete=models.CASCADE, related_name="notes_on_findings"
    )
    #: Names the finding within the publication (publishing.moderation.notes.key_of).
    key = models.CharField(max_length=32)
    answer = models.CharField(max_length=1000, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    #: Why a moderator accepted the finding. It then neither holds nor lowers this release.
    accepted = models.CharField(max_length=500, blank=True, default="")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "key"], name="finding_note_once"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted="")
                | Q(accepted_at__isnull=False) & ~Q(accepted=""),
                name="finding_note_accepted_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.publication_id}"
