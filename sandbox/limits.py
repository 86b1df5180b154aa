"""The resources that one run of a tool may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one sandbox; times in seconds, sizes in bytes.

    ``wall_seconds`` and ``output_bytes`` apply to one step (a load or a call), ``total_seconds``
    to a whole ``run_tool``, and the others to a sandbox. ``memory_bytes`` bounds the address space
    of each process and the memory of all together; ``output_bytes`` bounds the printed output
    and, separately, the answer.
    """

    wall_seconds: float = 20.0
    cpu_seconds: int = 10
    memory_bytes: int = 1024 * MIB
    processes: int = 64
    file_bytes: int = 32 * MIB
    output_bytes: int = 4 * MIB
    tmpfs_bytes: int = 64 * MIB
    files: int = 256
    tmpfs_files: int = 10_000
    total_seconds: float = 180.0

    def as_dict(self) -> dict[str, float | int]:
        """The limits as JSON, for the report."""
        return asdict(self)

    def prlimit(self) -> list[str]:
        """The options of prlimit(1) that apply the limits to every process of the sandbox."""
        return [
            f"--as={self.memory_bytes}",
            f"--cpu={self.cpu_seconds}:{self.cpu_seconds + 1}",
            f"--nproc={self.processes}",
            f"--fsize={self.file_bytes}",
            f"--nofile={self.files}",
            "--core=0",
            "--memlock=65536",
            "--msgqueue=0",
        ]
