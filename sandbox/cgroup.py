"""A memory group for one sandbox, in version 2 or version 1 of the kernel's control groups.

Resource limits bound one process; only a group bounds all processes of a sandbox together, with
what they write to a tmpfs. Where the worker may not make one, the supervisor's own watch stands in.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

PREFIX = "lumos-sandbox-"
#: The kernel charges memory in batches, so a full group may be this far below its limit.
BATCH = 1 << 20
counter = itertools.count()


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Where groups with a memory limit can be made, and by which version's rules."""

    parent: Path
    version: int


@dataclass(frozen=True, slots=True)
class MemoryGroup:
    """One group; a process enters it by writing its id to ``procs``."""

    path: Path
    version: int

    @property
    def procs(self) -> Path:
        return self.path / "cgroup.procs"

    @property
    def kills(self) -> int:
        """How often the kernel ended a process of the group for lack of memory."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        return read_fields(self.path / name).get("oom_kill", 0)

    @property
    def was_full(self) -> bool:
        """Whether the group ever met its own limit; the machine's limit does not count."""
        if self.version == 2:
            return read_fields(self.path / "memory.events").get("max", 0) > 0
        limit = read_number(self.path / "memory.limit_in_bytes")
        return self.peak >= limit - BATCH

    @property
    def peak(self) -> int:
        """The most memory that the group ever held, in bytes; 0 if the kernel does not say."""
        name = "memory.peak" if self.version == 2 else "memory.max_usage_in_bytes"
        return read_number(self.path / name)

    def remove(self) -> None:
        """Remove the group once its last process is gone; waits up to a second for that."""
        for _ in range(100):
            try:
                self.path.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.01)
            else:
                return


def make_group(limit: int) -> MemoryGroup | None:
    """A new group that may hold ``limit`` bytes, or None where this process may not make one."""
    for hierarchy in hierarchies():
        sweep(hierarchy.parent)
        path = hierarchy.parent / f"{PREFIX}{os.getpid()}-{next(counter)}"
        try:
            path.mkdir()
        except OSError:
            continue
        group = MemoryGroup(path, hierarchy.version)
        try:
            set_limit(group, limit)
        except OSError:
            group.remove()
            continue
        return group
    return None


def set_limit(group: MemoryGroup, limit: int) -> None:
    """Bound memory and, where the kernel counts it, swap. Raises OSError where it is refused."""
    if group.version == 2:
        (group.path / "memory.max").write_text(str(limit))
        optional = {"memory.swap.max": "0"}
    else:
        (group.path / "memory.limit_in_bytes").write_text(str(limit))
        optional = {"memory.memsw.limit_in_bytes": str(limit)}
    for name, value in optional.items():
        with contextlib.suppress(OSError):
            (group.path / name).write_text(value)


def hierarchies(proc: Path = Path("/proc/self")) -> list[Hierarchy]:
    """Where a group may be made, the best place first."""
    try:
        groups = (proc / "cgroup").read_text().splitlines()
        mounts = (proc / "mountinfo").read_text().splitlines()
    except OSError:
        return []
    found: list[Hierarchy] = []
    for line in groups:
        _, controllers, own = line.split(":", 2)
        if controllers == "":
            found += version_2(mounts, own)
        elif "memory" in controllers.split(","):
            found += [Hierarchy(path, 1) for path in mounted(mounts, "cgroup", own, "memory")]
    return found


def version_2(mounts: list[str], own: str) -> list[Hierarchy]:
    """Beside our own group, or under it: a group with processes cannot bound those below it."""
    found = []
    for path in mounted(mounts, "cgroup2", own):
        for parent in (path.parent, path):
            control = parent / "cgroup.subtree_control"
            with contextlib.suppress(OSError):
                if "memory" not in control.read_text().split():
                    control.write_text("+memory")
                found.append(Hierarchy(parent, 2))
    return found


def mounted(mounts: list[str], kind: str, own: str, option: str = "") -> list[Path]:
    """Our own group's folder in each mount of this kind of file system."""
    found = []
    for line in mounts:
        left, _, right = line.partition(" - ")
        root, point = left.split()[3:5]
        file_system, _, options = right.split()[:3]
        if file_system != kind or (option and option not in options.split(",")):
            continue
        below = os.path.relpath(own, root) if own.startswith(root) else "."
        found.append(Path(os.path.normpath(os.path.join(point, below))))  # noqa: PTH118
    return [path for path in found if path.is_dir()]


def sweep(parent: Path) -> None:
    """Remove the groups that a killed worker left behind, and end what still waits in them.

    A bubblewrap whose worker was killed while it started can wait for ever. Groups of a living
    process, ours or another worker's, are left alone.
    """
    for path in parent.glob(f"{PREFIX}*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            end_processes(path / "cgroup.procs")
            with contextlib.suppress(OSError):
                path.rmdir()


def end_processes(procs: Path) -> None:
    """Kill what a group holds and wait up to a second until it is gone."""
    for _ in range(100):
        try:
            pids = [int(line) for line in procs.read_text().split()]
        except OSError:
            return
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def read_number(path: Path) -> int:
    """The number in a file; 0 where the kernel has no such file."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0


def read_fields(path: Path) -> dict[str, int]:
    try:
        rows = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return {}
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}
