"""The kernel's rows: the audit log, jobs, heartbeats and remembered answers."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone


class AuditEntry(models.Model):
    """Who did what to what; written in the transaction of the change itself."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=200, db_index=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target}"


class JobState(models.TextChoices):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class JobQuerySet(models.QuerySet["Job"]):
    """Named filters over jobs."""

    def claimable(self, now: dt.datetime) -> JobQuerySet:
        """Waiting jobs that may start now, in the order in which they should.

        An account has one running job on each queue, offers its oldest waiting one, and the
        account that was served longest ago comes first. Jobs without an account are in nobody's
        turn and come before.
        """
        same = Job.objects.filter(queue=OuterRef("queue"), account=OuterRef("account"))
        same = same.exclude(account="")
        running = same.filter(state=JobState.RUNNING)
        older = same.filter(state=JobState.WAITING, due_at__lte=now, pk__lt=OuterRef("pk"))
        served = same.filter(started_at__isnull=False).order_by("-started_at").values("started_at")
        return (
            self.filter(state=JobState.WAITING, due_at__lte=now)
            .exclude(Exists(running))
            .exclude(Exists(older))
            .annotate(served_at=Subquery(served[:1]))
            .order_by(F("served_at").asc(nulls_first=True), "due_at", "id")
        )

    def due(self, now: dt.datetime) -> JobQuerySet:
        """Jobs that anyone may claim: waiting and due, or left behind by a lost worker."""
        return self.filter(
            Q(state=JobState.WAITING, due_at__lte=now)
            | Q(state=JobState.RUNNING, leased_until__lt=now)
        ).order_by("due_at", "id")


class Job(models.Model):
    """One piece of work, written in the transaction that makes it necessary (an outbox row)."""

    task = models.CharField(max_length=80)
    args = models.JSONField(default=list)
    queue = models.CharField(max_length=20)
    #: The same work waiting twice is one job; empty: never merged.
    key = models.CharField(max_length=120, blank=True, default="")
    #: Whose turn it takes: accounts share each queue fairly. Empty: nobody's.
    account = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)  # when a broker was last told of it
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)  # the last attempt
    ended_at = models.DateTimeField(null=True)
    #: The process group that runs it, or ran it last: what dies together.
    worker = models.CharField(max_length=100, blank=True, default="")
    #: A worker died while it ran this beside other jobs: the next attempt runs alone.
    alone = models.BooleanField(default=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["queue", "account", "started_at"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task", "key"],
                condition=Q(state="waiting") & ~Q(key=""),
                name="job_waits_once",
            ),
            models.UniqueConstraint(
                fields=["account", "queue"],
                condition=Q(state="running") & ~Q(account=""),
                name="job_account_runs_one",
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease__isnull=False, leased_until__isnull=False)
                | (~Q(state="running") & Q(lease__isnull=True, leased_until__isnull=True)),
                name="job_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}{self.args} ({self.state})"


class Heartbeat(models.Model):
    """The last sign of life of a part that /readyz asks about."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.seen_at}"

    @classmethod
    def beat(cls, name: str) -> None:
        """Note that ``name`` is alive now."""
        cls.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})

    @classmethod
    def is_alive(cls, name: str, *, within: dt.timedelta) -> bool:
        """Whether ``name`` was seen within the given time."""
        return cls.objects.filter(name=name, seen_at__gte=timezone.now() - within).exists()


class RememberedAnswer(models.Model):
    """The answer to a write with an ``Idempotency-Key``, so that a retry changes nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    request = models.CharField(max_length=64)  # sha256 of method, path and body
    status = models.PositiveSmallIntegerField(null=True)  # null inside the first request only
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="answer_once_per_key")
        ]

    def __str__(self) -> str:
        return self.key
