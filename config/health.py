"""/healthz says that the process lives, /readyz that all it needs to serve is there."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from catalog.models import Tool
from core.models import Heartbeat
from core.store import public_store
from lumos.package.names import OFFICIAL_NAMESPACE
from search.factory import search_engine

logger = logging.getLogger("lumos.health")
WORKER_SILENCE = dt.timedelta(seconds=45)


def healthz(request: HttpRequest) -> HttpResponse:
    """200 as soon as the process answers."""
    return _answer(200, {"status": "alive"})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every part is there, else 503 with what is missing."""
    parts = {name: _ask(check) for name, check in CHECKS.items()}
    ready = all(part == "ok" for part in parts.values())
    return _answer(200 if ready else 503, {"status": "ready" if ready else "starting", **parts})


def _database() -> str:
    Heartbeat.objects.exists()
    return "ok"


def _worker() -> str:
    return "ok" if Heartbeat.is_alive("worker", within=WORKER_SILENCE) else "no sign of life"


def _index() -> str:
    return "ok" if public_store().exists("index/config.json") else "not written yet"


def _search() -> str:
    if search_engine().count() or not Tool.objects.live().exists():
        return "ok"
    return "empty, being made again"  # after a restore, or an upgrade of its form


def _official_tools() -> str:
    if not settings.REQUIRE_OFFICIAL_TOOLS:
        return "ok"
    expected = {path.parent.name for path in settings.OFFICIAL_TOOLS_DIR.glob("*/pyproject.toml")}
    live = set(
        Tool.objects.live()
        .filter(namespace__name=OFFICIAL_NAMESPACE)
        .values_list("name", flat=True)
    )
    missing = sorted(expected - live)
    return f"not live yet: {', '.join(missing)}" if missing else "ok"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "worker": _worker,
    "index": _index,
    "search": _search,
    "official_tools": _official_tools,
}


def _ask(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # any failure of a part is the answer to this question
        logger.warning("not ready: %s", error)
        return f"failed: {type(error).__name__}"


def _answer(status: int, body: dict[str, str]) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    # Django's own mark: "not ready yet" is an answer here, not an error to log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
