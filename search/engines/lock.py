"""One writer at a time, over threads and processes of a machine; a killed holder lets go."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

#: Longer than one document takes, shorter than a rebuild of a large index: the job tries again.
PATIENCE_SECONDS = 20.0


class Busy(TimeoutError):
    """Another writer holds the lock for longer than anyone should wait."""


class FolderLock:
    """A file lock that its own thread may take again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = threading.RLock()
        self._depth = 0
        self._descriptor = -1

    def __enter__(self) -> None:
        if not self._thread.acquire(timeout=PATIENCE_SECONDS):
            raise Busy(f"{self.path} is held by another thread")
        try:
            if self._depth == 0:
                self._descriptor = self._acquire()
        except BaseException:
            self._thread.release()
            raise
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            os.close(self._descriptor)
        self._thread.release()

    def _acquire(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(descriptor)
                    raise Busy(f"{self.path} is held by another process") from None
                time.sleep(0.02)
            else:
                return descriptor
