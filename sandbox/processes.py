"""What the kernel says about processes, read from outside the sandbox."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """The processes below one process at one moment, and the memory that they hold in bytes."""

    pids: tuple[int, ...]
    threads: int
    resident: int


def children(pid: int) -> list[int]:
    """The children of every thread of ``pid``; empty once it is gone."""
    found: list[int] = []
    try:
        for task in (PROC / str(pid) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        return found
    return found


def descendants(pid: int) -> list[int]:
    """All processes below ``pid``, parents before children."""
    found, queue = [], [pid]
    while queue:
        below = children(queue.pop())
        found += below
        queue += below
    return found


def usage(pid: int) -> Usage:
    """What the processes below ``pid`` use together; shared pages count once for each process."""
    found = descendants(pid)
    rows = [status(each) for each in found]
    return Usage(
        pids=tuple(found),
        threads=sum(row.get("Threads", 0) for row in rows),
        resident=sum(row.get("VmRSS", 0) for row in rows),
    )


def proportional(pids: tuple[int, ...]) -> int:
    """The memory of these processes together in bytes, each shared page counted once."""
    total = 0
    for pid in pids:
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total * 1024


def processor_seconds(pids: tuple[int, ...]) -> float:
    """The most processor time that one of these processes used, in seconds."""
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
    """The most memory that ``pid`` ever had resident, in bytes; 0 once it is gone."""
    return status(pid).get("VmHWM", 0)


def status(pid: int) -> dict[str, int]:
    """The numbers of ``/proc/<pid>/status``, with kB as bytes."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return {}
    found = {}
    for line in lines:
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdigit():
            found[name] = int(words[0]) * (1024 if words[-1] == "kB" else 1)
    return found


def space_files(pid: int, path: str) -> int:
    """How many files the file system at ``path``, as ``pid`` sees it, holds; 0 if unknown."""
    try:
        found = os.statvfs(f"/proc/{pid}/root{path}")
    except OSError:
        return 0
    return found.f_files - found.f_ffree
