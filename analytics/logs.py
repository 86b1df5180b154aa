"""Find log files, also after a rotation, and read them in whole lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Bytes read at once. A longer line is not a log line and is skipped.
BATCH_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log. ``identity`` is the hash of its first line, which contains a unique id, so it stays
    the same when the file is renamed, copied or moved to another disk."""

    path: Path
    identity: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole lines, and the offset after the last one."""

    lines: tuple[bytes, ...]
    end: int


def log_files(folder: Path) -> Iterator[LogFile]:
    """Every log with at least one whole line, oldest name first."""
    for path in sorted(folder.glob("*.log*")):
        if path.is_file() and not path.name.endswith(".gz"):
            with path.open("rb") as stream:
                first = stream.readline(BATCH_BYTES)
            if first.endswith(b"\n") or len(first) == BATCH_BYTES:
                yield LogFile(path, hashlib.sha256(first).hexdigest())


def read_batch(log: LogFile, offset: int) -> Batch | None:
    """The whole lines from ``offset`` on, at most BATCH_BYTES; None if there is no new line.

    An incomplete last line is left for the next batch. BATCH_BYTES without a line end are skipped.
    """
    with log.path.open("rb") as stream:
        stream.seek(offset)
        data = stream.read(BATCH_BYTES)
    cut = data.rfind(b"\n") + 1
    if not cut:
        if len(data) < BATCH_BYTES:
            return None
        return Batch((data[:100],), offset + len(data))
    return Batch(tuple(data[:cut].splitlines()), offset + cut)
