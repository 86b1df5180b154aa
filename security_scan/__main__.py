"""The child's side: ``python -m security_scan PROGRESS ANSWER`` with the request on stdin."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import warnings
from pathlib import Path

from security_scan import CANNOT_START


def _limit(memory: int, seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64_000_000, 64_000_000))
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))


def main() -> int:
    """Scan as requested and write the report atomically."""
    progress_path, answer_path = Path(sys.argv[1]), Path(sys.argv[2])
    request = json.load(sys.stdin)
    _limit(request["limits"]["memory_bytes"], request["limits"]["total_seconds"])
    sys.setrecursionlimit(3000)
    gc.disable()  # syntax trees are many objects without garbage; collecting triples the time
    warnings.simplefilter("ignore")  # warnings about the scanned files

    try:
        from security_scan.engine import Limits, scan  # noqa: PLC0415 - the limits come first
        from security_scan.guard import Guard  # noqa: PLC0415
        from security_scan.scanners import all_scanners  # noqa: PLC0415
        from security_scan.target import Function  # noqa: PLC0415
    except (ImportError, SyntaxError) as error:
        answer_path.with_suffix(".fault").write_text(f"{type(error).__name__}: {error}")
        return CANNOT_START

    limits = Limits(**request["limits"])
    with progress_path.open("w") as stream:

        def progress(scanner: str, file: str) -> None:
            stream.seek(0)
            stream.truncate()
            stream.write(json.dumps([scanner, file]) + "\n")
            stream.flush()

        report = scan(
            Path(request["folder"]),
            declared=request["declared"],
            import_package=request["import_package"],
            texts=request["texts"],
            functions=[Function(**item) for item in request["functions"]],
            limits=limits,
            scanners=[
                scanner
                for scanner in all_scanners()
                if not request["scanners"] or scanner.name in request["scanners"]
            ],
            guard=Guard(
                step_seconds=limits.step_seconds,
                progress=progress,
                skip=frozenset((scanner, file) for scanner, file in request["skip"]),
            ),
        )
    partial = answer_path.with_suffix(".partial")
    partial.write_text(json.dumps(report.as_dict(), default=str), encoding="utf-8")
    partial.replace(answer_path)
    sys.stdout.flush()
    os._exit(0)  # freeing a large syntax tree takes longer than the scan of a small tool


if __name__ == "__main__":
    raise SystemExit(main())
