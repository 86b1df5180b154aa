"""One writer at a time, over threads and processes of a machine; a killed holder lets go."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock
from filelock import Timeout as Busy

__all__ = ["Busy", "FolderLock"]

#: Longer than one document takes, shorter than a rebuild of a large index: the job tries again.
PATIENCE_SECONDS = 20.0


class FolderLock:
    """A file lock that its own thread may take again; raises Busy."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # thread_local: other threads of this process wait as other processes do
        self._lock = FileLock(path, thread_local=True, fallback_to_soft=False, poll_interval=0.02)

    def __enter__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock.acquire(timeout=PATIENCE_SECONDS)

    def __exit__(self, *_: object) -> None:
        self._lock.release()
