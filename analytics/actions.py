"""Count downloads and update download figures."""

from __future__ import annotations

import datetime as dt
import logging
import time
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from analytics import queries
from analytics.figures import WEEKS, figures, step
from analytics.ingest import Ingested, ingest
from analytics.logs import log_files
from analytics.models import DailyDownloads, LogPosition
from catalog.models import Tool
from catalog.render import refresh
from core.jobs import enqueue

logger = logging.getLogger("lumos.analytics")

#: A log is removed after this time without writes, once it is read to its end.
LOG_KEPT = dt.timedelta(days=14)
#: Positions are kept longer than their logs, so that a restored log is not counted again.
POSITION_KEPT = dt.timedelta(days=90)
WINDOW = dt.timedelta(days=WEEKS * 7)


def ingest_downloads() -> Ingested:
    """Count new downloads in the logs, and remove finished logs."""
    folder = Path(settings.DOWNLOAD_LOG_DIR)
    ingested = ingest(folder)
    _remove_old_logs(folder)
    return ingested


def update_figures(tool_id: int, *, rolling: bool = False) -> bool:
    """Recompute a tool's figures and update what shows them; returns whether they changed.

    Its search index entry is updated only after the total has grown by about 2%, or when days
    leave the windows (``rolling``). Otherwise a popular tool would be indexed every few seconds.
    """
    today = timezone.now().date()
    with transaction.atomic():
        tool = (
            Tool.objects.select_for_update(of=("self",)).select_related("namespace").get(pk=tool_id)
        )
        new = figures(
            queries.by_day(tool, since=today - WINDOW), total=queries.total(tool), today=today
        )
        weeks = list(new.weeks)
        old = (tool.downloads_total, tool.downloads_30d, tool.downloads_by_week)
        if old == (new.total, new.month, weeks):
            return False
        tool.downloads_total, tool.downloads_30d, tool.downloads_by_week = (
            new.total,
            new.month,
            weeks,
        )
        tool.save(update_fields=["downloads_total", "downloads_30d", "downloads_by_week"])
        refresh(tool)
        if rolling or step(old[0]) != step(new.total):
            enqueue("search.index_tool", tool.pk, queue="index", key=str(tool.pk))
    return True


def roll_figures() -> None:
    """Update tools without recent downloads, whose figures fall as days leave the windows."""
    since = timezone.now().date() - WINDOW - dt.timedelta(days=2)
    rows = DailyDownloads.objects.filter(day__gte=since)
    for tool_id in rows.values_list("release__tool", flat=True).distinct().order_by():
        update_figures(tool_id, rolling=True)


def _remove_old_logs(folder: Path) -> None:
    oldest = time.time() - LOG_KEPT.total_seconds()
    for log in log_files(folder):
        status = log.path.stat()
        if status.st_mtime < oldest and LogPosition.objects.filter(pk=log.identity).exists():
            log.path.unlink(missing_ok=True)
    LogPosition.objects.filter(read_at__lt=timezone.now() - POSITION_KEPT).delete()
