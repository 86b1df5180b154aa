"""Count the lines of download logs, each once.

One transaction updates the position in a log and the daily rows. It updates the position only if no
other worker changed it (compare-and-set). A worker that is killed has therefore counted a whole
batch or nothing, and if two workers read the same batch, one of them counts it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from analytics.lines import Download, Garbage, parse
from analytics.logs import Batch, LogFile, log_files, read_batch
from analytics.models import DailyDownloads, LogPosition
from catalog.models import Release
from core.jobs import enqueue

logger = logging.getLogger("lumos.analytics")


@dataclass(frozen=True, slots=True)
class Ingested:
    """The number of lines that were counted, that name no release's file, and that are invalid."""

    counted: int = 0
    unknown: int = 0
    garbage: int = 0

    def __add__(self, other: Ingested) -> Ingested:
        return Ingested(
            self.counted + other.counted,
            self.unknown + other.unknown,
            self.garbage + other.garbage,
        )


class Overtaken(Exception):
    """Another ingester moved the position first."""


def ingest(folder: Path) -> Ingested:
    """Count the new lines of every log in ``folder``."""
    total = Ingested()
    for log in log_files(folder):
        try:
            for ingested in _ingest_log(log):
                total += ingested
        except (Overtaken, FileNotFoundError) as error:
            logger.info("Postponed reading %s: %s", log.path, type(error).__name__)
    if total.garbage:
        logger.warning("Ignored %s invalid lines in the download logs", total.garbage)
    return total


def _ingest_log(log: LogFile) -> Iterator[Ingested]:
    position, _ = LogPosition.objects.get_or_create(
        identity=log.identity, defaults={"log": log.path.name}
    )
    while batch := read_batch(log, position.offset):
        yield count_batch(position, batch)
        position.offset = batch.end


def count_batch(position: LogPosition, batch: Batch) -> Ingested:
    """Add a batch to the daily rows and update the position atomically; raises Overtaken."""
    downloads, garbage = _parsed(batch.lines)
    with transaction.atomic():
        moved = LogPosition.objects.filter(pk=position.pk, offset=position.offset).update(
            offset=batch.end, read_at=timezone.now()
        )
        if not moved:
            raise Overtaken
        counted = _add(downloads)
    return Ingested(counted, downloads.total() - counted, garbage)


def _parsed(lines: Iterable[bytes]) -> tuple[Counter[Download], int]:
    downloads: Counter[Download] = Counter()
    garbage = 0
    for line in lines:
        try:
            downloads[parse(line)] += 1
        except Garbage as error:
            logger.debug("skipped %r: %s", line[:200], error)
            garbage += 1
    return downloads, garbage


def _add(downloads: Counter[Download]) -> int:
    """Add to the rows of the releases that exist; returns the number of downloads added."""
    releases = _releases(downloads)
    by_row: Counter[tuple[int, dt.date]] = Counter()
    for download, count in downloads.items():
        if release := releases.get((download.sha256, download.filename)):
            by_row[release.pk, download.day] += count
    rows = sorted(by_row.items())  # a fixed order, so that two workers cannot deadlock
    DailyDownloads.objects.bulk_create(
        [DailyDownloads(release_id=release, day=day) for (release, day), _ in rows],
        ignore_conflicts=True,
    )
    for (release_id, day), count in rows:
        row = DailyDownloads.objects.filter(release_id=release_id, day=day)
        row.update(count=F("count") + count)
    counted = {release for release, _ in by_row}
    for tool_id in sorted({row.tool_id for row in releases.values() if row.pk in counted}):
        enqueue("analytics.update_figures", tool_id, queue="index", key=str(tool_id))
    return by_row.total()


def _releases(downloads: Iterable[Download]) -> dict[tuple[str, str], Release]:
    wanted = {download.sha256 for download in downloads}
    releases = Release.objects.filter(sha256__in=wanted).only("sha256", "filename", "tool_id")
    return {(release.sha256, release.filename): release for release in releases}
