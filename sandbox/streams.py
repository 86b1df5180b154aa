"""Pipes to and from the sandbox: non-blocking, always drained, of bounded size."""

from __future__ import annotations

import os
import selectors
from collections import deque

CHUNK = 1 << 16
TAIL = 8 * 1024


class Printed:
    """The output of one descriptor: all bytes are counted, the last 8 KiB are kept."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.size = 0
        self._kept: deque[bytes] = deque()
        self._kept_size = 0

    def drain(self) -> bool:
        """Take what is there; False once the other side is closed."""
        chunk = read_some(self.descriptor)
        if chunk is None:
            return True
        self.size += len(chunk)
        self._kept.append(chunk)
        self._kept_size += len(chunk)
        while self._kept_size - len(self._kept[0]) >= TAIL:
            self._kept_size -= len(self._kept.popleft())
        return bool(chunk)

    def restart(self) -> None:
        """Clear the output before the next step."""
        self.size, self._kept_size = 0, 0
        self._kept.clear()

    @property
    def tail(self) -> str:
        """The last 8 KiB as text, safe to store and show."""
        text = b"".join(self._kept)[-TAIL:].decode("utf-8", "replace").replace("\0", "\ufffd")
        return text if self.size <= TAIL else f"[{self.size - TAIL} bytes left out]\n{text}"


class Answers:
    """The lines that the runner writes, each bounded to ``limit`` bytes."""

    def __init__(self, descriptor: int, limit: int) -> None:
        self.descriptor = descriptor
        self.limit = limit
        self.closed = False
        self._buffer = bytearray()
        self._searched = 0

    def drain(self) -> bool:
        """Take what is there; False once the other side is closed."""
        chunk = read_some(self.descriptor)
        if chunk is not None:
            self.closed = not chunk
            self._buffer += chunk
        return not self.closed

    def line(self) -> bytes | None:
        """The next whole line, or None if it is not complete yet."""
        end = self._buffer.find(b"\n", self._searched)
        self._searched = len(self._buffer)
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        return line

    @property
    def waiting(self) -> int:
        """The number of bytes that arrived without a request."""
        return len(self._buffer)

    @property
    def too_long(self) -> bool:
        return len(self._buffer) > self.limit


class Requests:
    """Data that has still to be written to the runner."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._rest = memoryview(b"")

    def put(self, data: bytes) -> None:
        self._rest = memoryview(data)

    def flush(self) -> bool:
        """Write what fits; True when all is written. BrokenPipeError if the reader is gone."""
        while self._rest:
            try:
                self._rest = self._rest[os.write(self.descriptor, self._rest) :]
            except BlockingIOError:
                return False
        return True


def read_some(descriptor: int) -> bytes | None:
    """One chunk; empty at the end of the stream, None if no data is available."""
    try:
        return os.read(descriptor, CHUNK)
    except BlockingIOError:
        return None


def watch(selector: selectors.BaseSelector, descriptor: int, on: bool, events: int) -> None:
    """Register or unregister a descriptor; no effect if it is so already."""
    known = descriptor in selector.get_map()
    if on and not known:
        selector.register(descriptor, events)
    elif known and not on:
        selector.unregister(descriptor)
