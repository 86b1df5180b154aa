"""Daily figures, and how far each log was read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from catalog.models import Release


class DailyDownloads(models.Model):
    """How often a release was downloaded on a day (UTC)."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="daily_downloads")
    day = models.DateField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "day"], name="downloads_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.release_id} on {self.day}: {self.count}"


class LogPosition(models.Model):
    """How far a log was ingested; moved in the transaction that counts, so each line once.

    A log is known by the hash of its first line (analytics.logs), not by its name, which a
    rotation changes.
    """

    identity = models.CharField(max_length=64, primary_key=True)
    log = models.CharField(max_length=255)  # its name, for people
    offset = models.PositiveBigIntegerField(default=0)  # bytes
    read_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.log} read to {self.offset}"
