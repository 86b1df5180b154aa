"""A publication's steps, live on a terminal and as plain lines elsewhere."""

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
    """Ask until the publication is settled; returns its last state.

    A registry that restarts meanwhile is asked again. Raises NetworkError after ``timeout``
    seconds, when the publication goes on without being watched.
    """
    deadline = time.monotonic() + timeout
    pause, failures = _FIRST_PAUSE, 0
    with _view() as view:
        view.show(publication)
        while not _is_settled(publication):
            if time.monotonic() > deadline:
                raise _took_long(api, publication, timeout)
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
    """One line when a step ends, for logs."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()

    def show(self, publication: dict[str, Any]) -> None:
        for step in publication.get("steps", []):
            key = (step["name"], step["state"])
            if step["state"] in ("passed", "failed") and key not in self._told:
                self._told.add(key)
                out.say("  ".join(filter(None, _cells(step))))


class _Live:
    """A small table that is drawn again in its place."""

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
        begun, ended = (datetime.fromisoformat(step[key]) for key in ("started_at", "ended_at"))
    except (KeyError, TypeError, ValueError):
        return ""
    return f"{(ended - begun).total_seconds():.1f} s"


def _took_long(api: Api, publication: dict[str, Any], timeout: float) -> LumosError:
    return NetworkError(
        f"{publication['tool']} {publication['version']} is not decided after {timeout:g} seconds.",
        why=f"Its state is {publication['state']}; the checks go on.",
        hint=f"Look at {api.transport.url(publication['url'])}",
    )
