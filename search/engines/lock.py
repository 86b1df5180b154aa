"""A lock for one writer among all threads and processes of a machine.

The operating system releases it if its holder is killed.
"""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock
from filelock import Timeout as Busy

__all__ = ["Busy", "FolderLock"]

#: Longer than indexing one document, shorter than rebuilding a large index; the job retries.
TIMEOUT_SECONDS = 20.0


class FolderLock:
    """A reentrant file lock; raises Busy after TIMEOUT_SECONDS."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # thread_local: other threads of this process wait, as other processes do
        self._lock = FileLock(path, thread_local=True, fallback_to_soft=False, poll_interval=0.02)

    def __enter__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock.acquire(timeout=TIMEOUT_SECONDS)

    def __exit__(self, *_: object) -> None:
        self._lock.release()
