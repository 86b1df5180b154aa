"""Shows the steps of a publication: a live table on a terminal, otherwise one line a step."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from lumos.cli.output import out, supports_color
from lumos.client.errors import LumosError, NetworkError

if TYPE_CHECKING:
    from rich.table import Table

    from lumos.client.api import Api

__all__ = ["watch"]

_FIRST_PAUSE = 0.3
_LONGEST_PAUSE = 2.0
_MAX_FAILURES = 20
_SETTLED = ("published", "held", "rejected", "cancelled", "passed")
_MARKS = {"passed": "ok", "failed": "failed", "running": "...", "skipped": "skipped", "waiting": ""}
_STYLES = {"passed": "green", "failed": "bold red", "running": "yellow"}


class View(Protocol):
    """Shows the steps of a publication as they change."""

    def show(self, publication: dict[str, Any]) -> None: ...


def watch(api: Api, publication: dict[str, Any], timeout: float) -> dict[str, Any]:
    """Poll until the publication has a result; returns its last state.

    Up to 20 network errors in a row are retried, so that the registry can restart. Raises
    NetworkError after ``timeout`` seconds; the checks continue on the server.
    """
    deadline = time.monotonic() + timeout
    pause, failures = _FIRST_PAUSE, 0
    with _view() as view:
        view.show(publication)
        while not _is_settled(publication):
            if time.monotonic() > deadline:
                raise _timed_out(api, publication, timeout)
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 1.25)
            try:
                publication = api.publication(publication["api_url"])
                failures = 0
            except NetworkError:
                failures += 1
                if failures > _MAX_FAILURES:
                    raise
                continue
            view.show(publication)
    return publication


def _is_settled(publication: dict[str, Any]) -> bool:
    return bool(publication.get("settled")) or publication.get("state") in _SETTLED


def _view() -> AbstractContextManager[View]:
    watched = sys.stderr.isatty() and supports_color(sys.stderr) and not out.quiet
    return _live() if watched else _plain()


class _Lines:
    """Prints one line when a step ends, for logs."""

    def __init__(self) -> None:
        self._printed: set[tuple[str, str]] = set()

    def show(self, publication: dict[str, Any]) -> None:
        for step in publication.get("steps", []):
            key = (step["name"], step["state"])
            if step["state"] in ("passed", "failed") and key not in self._printed:
                self._printed.add(key)
                out.say("  ".join(filter(None, _cells(step))))


class _Live:
    """Redraws a table of the steps."""

    def __init__(self, live: Any) -> None:
        self._live = live

    def show(self, publication: dict[str, Any]) -> None:
        self._live.update(_table(publication))


@contextmanager
def _plain() -> Iterator[View]:
    yield _Lines()


@contextmanager
def _live() -> Iterator[View]:
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), refresh_per_second=8) as live:
        yield _Live(live)


def _table(publication: dict[str, Any]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for step in publication.get("steps", []):
        name, mark, seconds, message = _cells(step)
        style = _STYLES.get(step["state"], "dim")
        table.add_row(f"  {name}", Text(mark, style), seconds, Text(message, "dim"))
    return table


def _cells(step: dict[str, Any]) -> tuple[str, str, str, str]:
    mark = _MARKS.get(step["state"], step["state"])
    return step["name"], mark, _seconds(step), str(step.get("message") or "")


def _seconds(step: dict[str, Any]) -> str:
    try:
        started, ended = (datetime.fromisoformat(step[key]) for key in ("started_at", "ended_at"))
    except (KeyError, TypeError, ValueError):
        return ""
    return f"{(ended - started).total_seconds():.1f} s"


def _timed_out(api: Api, publication: dict[str, Any], timeout: float) -> LumosError:
    return NetworkError(
        f"{publication['tool']} {publication['version']} has no result after {timeout:g} seconds.",
        why=f"Its state is {publication['state']}. The checks continue on the server.",
        hint=f"Follow them at {api.transport.url(publication['url'])}",
    )
