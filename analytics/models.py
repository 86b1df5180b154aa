"""Daily download counts, and how far each log was read."""

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
    """How far a log was read, updated in the transaction that counts, so a line counts once.

    A log is identified by the hash of its first line (analytics.logs), because a rotation
    changes its name.
    """

    identity = models.CharField(max_length=64, primary_key=True)
    log = models.CharField(max_length=255)  # its name, for people
    offset = models.PositiveBigIntegerField(default=0)  # bytes
    read_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.log} read to {self.offset}"
