"""The audit log, jobs, heartbeats and remembered answers."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone


class AuditEntry(models.Model):
    """An entry of the audit log, written in the transaction of the change it describes."""

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
    """The states of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class JobQuerySet(models.QuerySet["Job"]):
    """Named filters over jobs."""

    def claimable(self, now: dt.datetime) -> JobQuerySet:
        """Waiting jobs that may start now, in the order in which they should start.

        At most one job per account runs on each queue. Jobs without an account come first, then
        the oldest due job of each account, least recently served account first.
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
        """Jobs that a worker may claim: waiting and due, or running with an expired lease."""
        return self.filter(
            Q(state=JobState.WAITING, due_at__lte=now)
            | Q(state=JobState.RUNNING, leased_until__lt=now)
        ).order_by("due_at", "id")


class Job(models.Model):
    """A background job, inserted in the transaction that needs it (transactional outbox)."""

    task = models.CharField(max_length=80)
    args = models.JSONField(default=list)
    queue = models.CharField(max_length=20)
    #: Waiting jobs with the same task and key are merged; empty: never merged.
    key = models.CharField(max_length=120, blank=True, default="")
    #: Accounts share each queue fairly. Empty: the job belongs to no account.
    account = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)  # when the broker was last notified
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)  # start of the last attempt
    ended_at = models.DateTimeField(null=True)
    #: The worker process that runs the job or ran it last, see queue.WORKER.
    worker = models.CharField(max_length=100, blank=True, default="")
    #: A worker died while running this job and others: the next attempt runs alone.
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
    """When a background process was last alive; checked by /readyz."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.seen_at}"

    @classmethod
    def beat(cls, name: str) -> None:
        """Record that ``name`` is alive now."""
        cls.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})

    @classmethod
    def is_alive(cls, name: str, *, within: dt.timedelta) -> bool:
        """Whether ``name`` reported within the given time."""
        return cls.objects.filter(name=name, seen_at__gte=timezone.now() - within).exists()


class RememberedAnswer(models.Model):
    """The response to a write with an ``Idempotency-Key``, replayed when the client retries."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    request = models.CharField(max_length=64)  # sha256 of method, path and body
    status = models.PositiveSmallIntegerField(null=True)  # null only while the first request runs
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="answer_once_per_key")
        ]

    def __str__(self) -> str:
        return self.key
