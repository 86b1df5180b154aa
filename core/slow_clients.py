"""Limit the threads that slow clients can hold, so that other requests are always served.

A WSGI server uses one thread per request, also while a client sends its body or receives its
response slowly. Three limits apply: how many threads work at the same time, how many wait for
request bodies, and how many wait for readers of long responses. A request that finds no free slot
gets 503 with Retry-After; the remaining threads always serve short responses.

Known limit: a waiting read is never interrupted, since the server's input does not allow it. A
proxy that buffers bodies and responses (nginx does) also limits their time; behind one, the slots
cover all threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest

from core.headers import OUTSIDE_DJANGO
from core.slots import RETRY_AFTER, SHORT, Slots, SlottedResponse, close

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

#: Threads that work at the same time; more would only compete for the processor.
WORKERS = 8
_BUSY = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Retry-After", str(RETRY_AFTER)),
    ("Cache-Control", "no-store"),
    *OUTSIDE_DJANGO,
]


class NoSlot(BadRequest):
    """The request body is not read: ``Body.refused`` is set, and web.middleware answers 503."""


class Body:
    """``wsgi.input`` that holds a slot from its first read until all ``length`` bytes are read."""

    def __init__(
        self, source: Any, length: int, sender: str, slots: Slots, working: threading.Semaphore
    ) -> None:
        self.refused = False
        self._source, self._left, self._sender = source, length, sender
        self._slots, self._working = slots, working
        self._has_slot = False

    def read(self, *size: int) -> bytes:
        """Read from the server's input; raises NoSlot."""
        return self._wait(self._source.read, *size)

    def readline(self, *size: int) -> bytes:
        """Read a line from the server's input; raises NoSlot."""
        return self._wait(self._source.readline, *size)

    def close(self) -> None:
        """Release the slot; nothing more will be read."""
        if self._has_slot:
            self._has_slot = False
            self._slots.release(self._sender)

    def _wait(self, read: Callable[..., bytes], *size: int) -> bytes:
        if self._left <= 0:
            return b""
        if not self._has_slot:
            self._has_slot = self._slots.take(self._sender)
            self.refused = not self._has_slot
        if self.refused:
            raise NoSlot("Too many uploads are in progress.")
        self._working.release()  # another thread may work while this one waits
        try:
            block = read(*size)
        finally:
            self._working.acquire()
        self._left -= len(block) if block else self._left
        if not self._left:
            self.close()
        return block


class SlowClientLimiter:
    """WSGI middleware that limits working threads, waiting bodies and waiting readers."""

    def __init__(self, app: App, *, slots: int) -> None:
        self.app = app
        self.bodies, self.readers = Slots(slots), Slots(slots)
        self.working = threading.Semaphore(WORKERS)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Call the application; a long response answers 503 if no reader's slot is free."""
        sender = environ.get("REMOTE_ADDR", "")
        length = _number(environ.get("CONTENT_LENGTH") or "")
        body = Body(environ["wsgi.input"], length, sender, self.bodies, self.working)
        environ["wsgi.input"] = body
        started: list[Any] = []
        try:
            with self.working:
                response = self.app(environ, lambda *args: started.extend(args))
        finally:
            body.close()
        if not getattr(response, "streaming", False):
            start_response(*started)
            return response
        if _length(started[1]) <= SHORT:
            start_response(*started)
            return _whole(response)
        if self.readers.take(sender):
            start_response(*started)
            return SlottedResponse(response, self.readers, sender)
        close(response)
        start_response("503 Service Unavailable", _BUSY)
        return [b"Too many downloads are in progress. Try again in a few seconds.\n"]


def _whole(response: Iterable[bytes]) -> list[bytes]:
    # The server takes a list at once and waits for the client itself, without holding our thread.
    try:
        return [b"".join(response)]
    finally:
        close(response)


def _number(text: str) -> int:
    # A body without a length counts as empty, as in Django.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _length(headers: list[tuple[str, str]]) -> int:
    """The response's Content-Length; without one it is treated as long."""
    named = {name.lower(): value for name, value in headers}
    return int(named.get("content-length", SHORT + 1))
