"""One line for each finished download, appended to a file that only this process writes.

The worker counts the lines later (analytics), so a download needs no database write. File names
contain the hour and the process, so no rotation is needed. IP addresses are not stored.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path

logger = logging.getLogger("lumos.downloads")
AGENT_LENGTH = 200


class DownloadLog:
    """Appends to ``folder``. If the disk fails, the download succeeds but is not counted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._name = ""
        self._descriptor = -1

    def add(self, path: str, agent: str) -> None:
        """Record that the whole file at ``path`` was delivered."""
        now = datetime.now(UTC)
        line = json.dumps(
            {
                "id": uuid.uuid4().hex,
                "time": now.isoformat(timespec="milliseconds"),
                "path": path,
                "status": 200,
                "agent": agent[:AGENT_LENGTH],
            }
        )
        try:
            with self._lock:
                os.write(self._open(now), line.encode() + b"\n")
        except OSError as error:
            logger.warning("A download of %s was not counted: %s", path, error)

    def _open(self, now: datetime) -> int:
        name = f"web-{now:%Y%m%dT%H}-{os.getpid()}.log"
        if name != self._name or not (self.folder / name).exists():
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1
            self.folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._descriptor = os.open(self.folder / name, flags, 0o644)
            self._name = name
        return self._descriptor
