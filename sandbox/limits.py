"""How much of the machine one run of a tool may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one sandbox; times in seconds, sizes in bytes.

    ``wall_seconds`` and ``output_bytes`` hold for one step (a load or a call), the rest for the
    sandbox as a whole, ``total_seconds`` for everything that one ``run_tool`` does.
    ``memory_bytes`` bounds each process's address space and all processes together;
    ``output_bytes`` bounds what is printed, and the answer.
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
        """The options of prlimit(1) that set them on every process of the sandbox."""
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
