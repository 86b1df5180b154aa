"""Publications and their checks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Namespace, User
from catalog.models import Release
from publishing.states import FREE_THE_VERSION, IN_FLIGHT, SETTLED, State


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Named filters over publications."""

    def visible_to(self, user: User) -> PublicationQuerySet:
        """Uploads by ``user`` or to a namespace of theirs; all for moderators."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(
            Q(uploader=user) | Q(namespace__in=Namespace.objects.publishable_by(user))
        )

    def of_tools(self, names: Sequence[str]) -> PublicationQuerySet:
        """Publications of these tools (``namespace/name``); all if ``names`` is empty."""
        named = Q()
        for name in names:
            namespace, _, tool = name.partition("/")
            named |= Q(namespace__name=namespace, name=tool)
        return self.filter(named)

    def in_flight(self) -> PublicationQuerySet:
        """Publications whose checks are not finished."""
        return self.filter(state__in=IN_FLIGHT)

    def reserving(self, distribution: str, version: str) -> PublicationQuerySet:
        """The publication that reserves this version, if any."""
        return self.filter(distribution=distribution, version=version, dry_run=False).exclude(
            state__in=FREE_THE_VERSION
        )


class Publication(models.Model):
    """An attempt to publish a wheel: the upload, its checks and the result."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="publications"
    )
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    distribution = models.CharField(max_length=104)
    version = models.CharField(max_length=64)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    dry_run = models.BooleanField(default=False)
    notes = models.TextField(blank=True, default="")
    idempotency_key = models.CharField(max_length=128, blank=True, default="")
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED, db_index=True)
    #: A moderator approved it despite its findings.
    overruled = models.BooleanField(default=False)
    #: Why it is held or rejected, as sentences.
    reasons = models.JSONField(default=list, blank=True)
    #: {score name: 0..100 or null}; null until they are computed.
    scores = models.JSONField(null=True)
    release = models.OneToOneField(
        Release, null=True, on_delete=models.PROTECT, related_name="publication"
    )
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(null=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["distribution", "version"],
                condition=Q(dry_run=False)
                & ~Q(state__in=[state.value for state in FREE_THE_VERSION]),
                name="publication_reserves_version",
            ),
            models.UniqueConstraint(
                fields=["uploader", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="publication_once_per_key",
            ),
            models.CheckConstraint(
                condition=Q(state="published", release__isnull=False)
                | (~Q(state="published") & Q(release__isnull=True)),
                name="publication_published_has_release",
            ),
            models.CheckConstraint(
                condition=Q(dry_run=False) | ~Q(state="published"),
                name="publication_dry_run_stays_dry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool_name} {self.version} ({self.state})"

    @property
    def tool_name(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace.name}/{self.name}"

    @property
    def upload_key(self) -> str:
        """The upload's key in the private store."""
        return f"uploads/{self.id}/{self.filename}"

    @property
    def is_settled(self) -> bool:
        """Whether the checks are finished."""
        return self.state in SETTLED

    def get_absolute_url(self) -> str:
        """The publication's page."""
        return f"/publications/{self.id}/"


class CheckState(models.TextChoices):
    """The states of a check."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not-run"  # for instance, if the sandbox is unavailable


class Check(models.Model):
    """A step of a publication, with its findings and evidence."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="checks")
    name = models.CharField(max_length=12, choices=State)
    state = models.CharField(max_length=8, choices=CheckState, default=CheckState.RUNNING)
    message = models.CharField(max_length=300, blank=True, default="")
    #: [Finding.as_dict()]
    findings = models.JSONField(default=list)
    #: The scan or sandbox report, for later checks.
    evidence = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "name"], name="check_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.publication_id}: {self.state}"
