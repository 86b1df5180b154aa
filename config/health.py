"""/healthz: the process is running. /readyz: everything it needs to serve requests is available."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import orjson
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from catalog.models import Release, Tool
from core.cache import redis_problem
from core.models import Heartbeat
from core.store import public_store
from lumos.package.names.tools import OFFICIAL_NAMESPACE
from search.engines.base import SearchUnavailable
from search.factory import search_engine

logger = logging.getLogger("lumos.health")
#: The worker writes a heartbeat every 10 seconds (core.tasks).
WORKER_SILENCE = dt.timedelta(seconds=25)
#: core.sweep is due every 10 seconds, and can wait while every process of a worker is busy.
SCHEDULE_SILENCE = dt.timedelta(minutes=5)
#: With less free space, uploads will soon fail.
LEAST_FREE_BYTES = 200_000_000
#: Answers are cached for this many seconds.
KEPT_SECONDS = 2.0


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200."""
    return _answer(200, {"status": "alive"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 if every part is "ok", otherwise 503 with a message for each part."""
    parts = _parts(int(time.monotonic() / KEPT_SECONDS))
    ready = all(part == "ok" for part in parts.values())
    return _answer(200 if ready else 503, {"status": "ready" if ready else "starting", **parts})


@lru_cache(maxsize=1)
def _parts(moment: int) -> dict[str, str]:
    return {name: _ask(check) for name, check in CHECKS.items()}


def forget() -> None:
    """Clear the cached answer."""
    _parts.cache_clear()


def _database() -> str:
    Heartbeat.objects.exists()
    return "ok"


def _worker() -> str:
    age = _age("worker")
    if age is None:
        return "no worker has used this database yet: start one"
    if abs(age) > WORKER_SILENCE:
        return f"no heartbeat for {int(age.total_seconds())} seconds: start a worker"
    return "ok"


def _schedule() -> str:
    if not settings.BROKER:
        return "ok"  # the one worker runs the periodic tasks, too
    age = _age("schedule")
    if age is None:
        return "no periodic task has run yet: start celery beat and a worker of the queue sweep"
    if abs(age) > SCHEDULE_SILENCE:
        minutes = int(age.total_seconds() / 60)
        return f"no periodic task ran for {minutes} minutes: start celery beat"
    return "ok"


def _age(name: str) -> dt.timedelta | None:
    """The time since a heartbeat; None if there never was one."""
    seen = Heartbeat.objects.filter(name=name).values_list("seen_at", flat=True).first()
    return None if seen is None else timezone.now() - seen


def _index() -> str:
    return "ok" if public_store().exists("index/config.json") else "not written yet"


def _search() -> str:
    try:
        indexed = search_engine().count()
    except SearchUnavailable:
        return "the index is damaged; the worker rebuilds it"
    if indexed or not Tool.objects.live().exists():
        return "ok"
    return "empty, being rebuilt"  # after a restore, or an upgrade of its format


def _official_tools() -> str:
    if not settings.REQUIRE_OFFICIAL_TOOLS:
        return "ok"
    expected = {path.parent.name for path in settings.OFFICIAL_TOOLS_DIR.glob("*/pyproject.toml")}
    # Releases stay after a quarantine or a deletion, which are decisions and not faults.
    published = set(
        Release.objects.filter(tool__namespace__name=OFFICIAL_NAMESPACE)
        .values_list("tool__name", flat=True)
        .distinct()
    )
    missing = sorted(expected - published)
    return f"not live yet: {', '.join(missing)}" if missing else "ok"


def _storage() -> str:
    for folder in (settings.DATA_DIR, settings.PUBLIC_DIR, settings.PRIVATE_DIR):
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-") as probe:
            probe.write(b"1")
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < LEAST_FREE_BYTES:
        return f"the disk is almost full: {free // 1_000_000} MB are free"
    return "ok"


def _redis() -> str:
    problem = redis_problem() if settings.REDIS_URL else ""
    return f"Redis is unavailable: {problem}" if problem else "ok"


def _sandbox() -> str:
    if settings.UNTESTED == "publish" or not Heartbeat.objects.filter(name="no_sandbox").exists():
        return "ok"
    return "the sandbox is unavailable, so every publication is held: see the worker's log"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "worker": _worker,
    "schedule": _schedule,
    "index": _index,
    "search": _search,
    "storage": _storage,
    "redis": _redis,
    "sandbox": _sandbox,
    "official_tools": _official_tools,
}


def _ask(check: Callable[[], str]) -> str:
    try:
        return check()
    except (OperationalError, InterfaceError) as error:
        logger.warning("Not ready: %s", error)
        return "the database is unavailable"
    except OSError as error:
        logger.warning("Not ready: %s", error)
        return f"the disk is not writable: {error.strerror or type(error).__name__}"
    except Exception as error:  # any failure of a part is reported
        logger.warning("Not ready: %s", error)
        return f"failed: {type(error).__name__}"


def _answer(status: int, body: dict[str, str]) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    # Tells Django not to log the 503 as an error.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
