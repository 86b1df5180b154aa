"""Slow clients wait at their own cost: they never hold the threads that serve everybody else.

A WSGI server gives a thread to each request, also while the client sends its body in drips or takes
its answer so. Hence three kinds of places: few to work in, as many as keep the processor busy; a
share of the threads for waiting on bodies, and one for waiting on readers of long answers. Whoever
finds a share full is told 503 with Retry-After; the rest of the threads always serves short
answers. Nobody is interrupted: the server's input cannot be. A proxy that collects bodies and
answers itself (nginx does) also limits their time, and behind one the shares are as large as the
server.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest

from core.headers import OUTSIDE_DJANGO
from core.slots import RETRY_AFTER, SHORT, Share, Watched, close

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

#: Threads that work at a time; more would only wait for each other.
WORKERS = 8
_BUSY = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Retry-After", str(RETRY_AFTER)),
    ("Cache-Control", "no-store"),
    *OUTSIDE_DJANGO,
]


class NoPlace(BadRequest):
    """The body is not read: ``Body.refused`` is set, and web.middleware tells the sender."""


class Body:
    """``wsgi.input`` that needs a place from its first read until all ``length`` bytes are read."""

    def __init__(
        self, source: Any, length: int, sender: str, places: Share, working: threading.Semaphore
    ) -> None:
        self.refused = False
        self._source, self._left, self._sender = source, length, sender
        self._places, self._working = places, working
        self._has_place = False

    def read(self, *size: int) -> bytes:
        """As the server's; raises NoPlace."""
        return self._wait(self._source.read, *size)

    def readline(self, *size: int) -> bytes:
        """As the server's; raises NoPlace."""
        return self._wait(self._source.readline, *size)

    def close(self) -> None:
        """Nothing more is awaited."""
        if self._has_place:
            self._has_place = False
            self._places.give_back(self._sender)

    def _wait(self, read: Callable[..., bytes], *size: int) -> bytes:
        if self._left <= 0:
            return b""
        if not self._has_place:
            self._has_place = self._places.take(self._sender)
            self.refused = not self._has_place
        if self.refused:
            raise NoPlace("Too many bodies arrive at this moment.")
        self._working.release()  # while we wait, somebody else works
        try:
            block = read(*size)
        finally:
            self._working.acquire()
        self._left -= len(block) if block else self._left
        if not self._left:
            self.close()
        return block


class Patience:
    """The application, with places for those who work and for those who wait."""

    def __init__(self, app: App, *, places: int) -> None:
        self.app = app
        self.bodies, self.readers = Share(places), Share(places)
        self.working = threading.Semaphore(WORKERS)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """As the application; a long answer without a place for its reader is 503."""
        sender = environ.get("REMOTE_ADDR", "")
        length = _number(environ.get("CONTENT_LENGTH") or "")
        body = Body(environ["wsgi.input"], length, sender, self.bodies, self.working)
        environ["wsgi.input"] = body
        begun: list[Any] = []
        try:
            with self.working:
                answer = self.app(environ, lambda *args: begun.extend(args))
        finally:
            body.close()
        if not getattr(answer, "streaming", False):
            start_response(*begun)
            return answer
        if _length(begun[1]) <= SHORT:
            start_response(*begun)
            return _whole(answer)
        if self.readers.take(sender):
            start_response(*begun)
            return Watched(answer, self.readers, sender)
        close(answer)
        start_response("503 Service Unavailable", _BUSY)
        return [b"Too many long answers are on their way. Try again in a moment.\n"]


def _whole(answer: Iterable[bytes]) -> list[bytes]:
    # A list is handed over at once: then the server waits for its reader, and no thread of ours.
    try:
        return [b"".join(answer)]
    finally:
        close(answer)


def _number(text: str) -> int:
    # A body that does not say how long it is counts as none, for Django as well.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _length(headers: list[tuple[str, str]]) -> int:
    """What the answer says it has; without a word it may be endless."""
    named = {name.lower(): value for name, value in headers}
    return int(named.get("content-length", SHORT + 1))
