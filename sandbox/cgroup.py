"""A memory group for one sandbox, in version 2 or version 1 of the kernel's control groups.

Resource limits bound one process. Only a group bounds all processes of a sandbox together, and what
they write to a tmpfs. If the worker may not create a group, the supervisor samples memory instead.
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
    """A folder in which groups with a memory limit can be created, and the cgroup version."""

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
        """How often the out-of-memory killer ended a process of the group."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        return read_fields(self.path / name).get("oom_kill", 0)

    @property
    def was_full(self) -> bool:
        """Whether the group reached its own limit, as opposed to the machine's memory."""
        if self.version == 2:
            return read_fields(self.path / "memory.events").get("max", 0) > 0
        limit = read_number(self.path / "memory.limit_in_bytes")
        return self.peak >= limit - BATCH

    @property
    def peak(self) -> int:
        """The group's peak memory in bytes; 0 if the kernel does not report it."""
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
    """Create a group limited to ``limit`` bytes; None if this process may not create one."""
    for hierarchy in hierarchies():
        sweep(hierarchy.parent)
        path = hierarchy.parent / f"{PREFIX}{owner_name(os.getpid())}-{next(counter)}"
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
    """Limit memory and, if the kernel counts it, swap. Raises OSError without permission."""
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
    """The folders in which a group may be created, the preferred one first."""
    try:
        groups = (proc / "cgroup").read_text().splitlines()
        mounts = (proc / "mountinfo").read_text().splitlines()
    except OSError:
        return []
    places: list[Hierarchy] = []
    for line in groups:
        _, controllers, own = line.split(":", 2)
        if controllers == "":
            places += version_2(mounts, own)
        elif "memory" in controllers.split(","):
            places += [Hierarchy(path, 1) for path in mounted(mounts, "cgroup", own, "memory")]
    return places


def version_2(mounts: list[str], own: str) -> list[Hierarchy]:
    """The parent of this process's group, then the group itself.

    The parent is preferred, because version 2 does not let a group that contains processes set
    limits for the groups below it.
    """
    places = []
    for path in mounted(mounts, "cgroup2", own):
        for parent in (path.parent, path):
            control = parent / "cgroup.subtree_control"
            with contextlib.suppress(OSError):
                if "memory" not in control.read_text().split():
                    control.write_text("+memory")
                places.append(Hierarchy(parent, 2))
    return places


def mounted(mounts: list[str], kind: str, own: str, option: str = "") -> list[Path]:
    """This process's group in each mount of this type of file system."""
    folders = []
    for line in mounts:
        left, _, right = line.partition(" - ")
        root, point = left.split()[3:5]
        file_system, _, options = right.split()[:3]
        if file_system != kind or (option and option not in options.split(",")):
            continue
        below = os.path.relpath(own, root) if own.startswith(root) else "."
        folders.append(Path(os.path.normpath(os.path.join(point, below))))  # noqa: PTH118
    return [path for path in folders if path.is_dir()]


def owner_name(pid: int) -> str:
    """The id and start time of a running process, which no later process shares; "" if it ended."""
    try:
        fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return f"{pid}.{fields[19]}"


def sweep_all() -> None:
    """Sweep every folder in which groups may have been created."""
    for hierarchy in hierarchies():
        sweep(hierarchy.parent)


def sweep(parent: Path) -> None:
    """Remove the groups of workers that were killed, and kill the processes left in them.

    If a worker is killed while bubblewrap starts, bubblewrap can wait forever. Groups whose
    worker is still running are kept.
    """
    for path in parent.glob(f"{PREFIX}*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        pid = owner.partition(".")[0]
        if pid.isdigit() and owner != owner_name(int(pid)):
            end_processes(path / "cgroup.procs")
            with contextlib.suppress(OSError):
                path.rmdir()


def end_processes(procs: Path) -> None:
    """Kill the processes of a group and wait up to a second for them to end."""
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
    """The number in a file; 0 if the kernel has no such file."""
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
