"""Process information from /proc, read from outside the sandbox."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """The descendants of a process at one moment, and their memory in bytes."""

    pids: tuple[int, ...]
    threads: int
    resident: int


def children(pid: int) -> list[int]:
    """The children of every thread of ``pid``; empty after it has ended."""
    pids: list[int] = []
    try:
        for task in (PROC / str(pid) / "task").iterdir():
            pids += map(int, (task / "children").read_text().split())
    except OSError:
        return pids
    return pids


def descendants(pid: int) -> list[int]:
    """All processes below ``pid``, parents before children."""
    pids, queue = [], [pid]
    while queue:
        below = children(queue.pop())
        pids += below
        queue += below
    return pids


def usage(pid: int) -> Usage:
    """The usage of all descendants of ``pid``; shared pages count once for each process."""
    pids = descendants(pid)
    rows = [status(process) for process in pids]
    return Usage(
        pids=tuple(pids),
        threads=sum(row.get("Threads", 0) for row in rows),
        resident=sum(row.get("VmRSS", 0) for row in rows),
    )


def proportional(pids: tuple[int, ...]) -> int:
    """The memory of all these processes in bytes; each shared page counts once."""
    total = 0
    for pid in pids:
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total * 1024


def processor_seconds(pids: tuple[int, ...]) -> float:
    """The processor time of the busiest of these processes, in seconds."""
    most = 0
    for pid in pids:
        try:
            text = (PROC / str(pid) / "stat").read_text()
        except OSError:
            continue
        user, system = text.rpartition(")")[2].split()[11:13]
        most = max(most, int(user) + int(system))
    return most / TICKS


def peak_memory(pid: int) -> int:
    """The peak resident memory of ``pid`` in bytes; 0 after it has ended."""
    return status(pid).get("VmHWM", 0)


def status(pid: int) -> dict[str, int]:
    """The numeric fields of ``/proc/<pid>/status``, with kB converted to bytes."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return {}
    numbers = {}
    for line in lines:
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdigit():
            numbers[name] = int(words[0]) * (1024 if words[-1] == "kB" else 1)
    return numbers


def space_files(pid: int, path: str) -> int:
    """The number of files on the file system at ``path`` as ``pid`` sees it; 0 if unknown."""
    try:
        file_system = os.statvfs(f"/proc/{pid}/root{path}")
    except OSError:
        return 0
    return file_system.f_files - file_system.f_ffree
