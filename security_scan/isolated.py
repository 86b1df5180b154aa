"""Run a scan in a child process (parent's side).

The child writes a line before each step. If it dies or hangs, the last line names the scanner and
the file; this becomes a finding, and the child is started again without that step.

If this process's Python cannot parse some of the source, the whole package is scanned again with
the newest Python, so that all files are read by the same parser (docs/adr/0009).
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core.scratch import scratch_folder
from lumos.package.findings import Effect, Finding
from security_scan import CANNOT_START
from security_scan.guard import could_not_finish
from security_scan.report import ScanReport, level_of, score_of
from security_scan.rules.files import UNPARSED
from security_scan.target import Function, FunctionLike, Limits

__all__ = ["ScannersBroken", "scan_isolated"]

ROOT = Path(__file__).resolve().parent.parent
ATTEMPTS = 4
logger = logging.getLogger(__name__)


class ScannersBroken(RuntimeError):
    """The scanners cannot start. The scan says nothing about the package and can be repeated."""


def scan_isolated(
    folder: Path,
    *,
    declared: Sequence[str] = (),
    import_package: str = "",
    texts: Mapping[str, str] | None = None,
    functions: Sequence[FunctionLike] = (),
    limits: Limits | None = None,
    newest: Path | None = None,
    scanners: Sequence[str] = (),
) -> ScanReport:
    """``engine.scan`` in a child process with bounded memory, processor time and wall clock.

    ``newest`` is the newest Python on this machine, which scans packages that this process's Python
    cannot parse. ``scanners`` are the names of scanners to run; empty: all. A step that kills or
    hangs the child becomes ``scan/could-not-finish`` (high, blocking) and is skipped in the next
    attempt. Does not raise for any content of the files; raises NotADirectoryError without a
    folder, and ScannersBroken if the scanners' code cannot be loaded.
    """
    limits = limits or Limits()
    deadline = time.monotonic() + limits.total_seconds
    request: dict[str, Any] = {
        "folder": str(_existing(folder)),
        "declared": list(declared),
        "import_package": import_package,
        "texts": dict(texts or {}),
        "functions": [Function.of(function).as_dict() for function in functions],
        "limits": asdict(limits),
        "scanners": list(scanners),
        "skip": [],
    }
    report = _scanned(Path(sys.executable), request, deadline)
    if newest is None or not any(finding.rule == UNPARSED for finding in report.findings):
        return report
    try:
        again = _scanned(newest, {**request, "skip": []}, deadline)
    except (ScannersBroken, OSError) as error:
        logger.warning("%s cannot scan; source that only it can parse is held: %s", newest, error)
        return report
    return again if again.scanners else report


def _scanned(python: Path, request: dict[str, Any], deadline: float) -> ScanReport:
    """The report of one Python, after up to ``ATTEMPTS`` children."""
    lost: list[Finding] = []
    for attempt in range(ATTEMPTS):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        share = remaining if attempt == ATTEMPTS - 1 else max(remaining * 2 / 3, min(remaining, 10))
        report, step, reason = _attempt(python, request, share)
        if report is not None:
            return _with(report, lost)
        lost.append(could_not_finish(*step, reason))
        request["skip"].append(list(step))
    return _with(_empty(), lost or [could_not_finish("engine", "", "no time was left")])


def _existing(folder: Path) -> Path:
    path = Path(folder).resolve()
    if not path.is_dir():
        raise NotADirectoryError(f"{path} is not a folder, so it cannot be scanned")
    return path


def _attempt(
    python: Path, request: Mapping[str, Any], seconds: float
) -> tuple[ScanReport | None, tuple[str, str], str]:
    """Run one child; returns its report, or the step in which it ended and the reason."""
    with scratch_folder("scan") as scratch:
        progress, answer = scratch / "progress", scratch / "answer"
        child = subprocess.Popen(  # noqa: S603 - our own module, fixed arguments
            [str(python), "-s", "-P", "-m", "security_scan", str(progress), str(answer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=scratch,
            env=_environment(),
            start_new_session=True,
        )
        reason = ""
        try:
            child.communicate(json.dumps(request).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            reason = f"it did not end within {seconds:.0f} s"
        finally:
            child.kill()
            child.wait()
        if child.returncode == CANNOT_START:
            raise ScannersBroken(answer.with_suffix(".fault").read_text(errors="replace"))
        if not reason:
            try:
                return ScanReport.from_dict(json.loads(answer.read_bytes())), ("", ""), ""
            except (OSError, ValueError, KeyError, TypeError):
                reason = _death(child.returncode)
        return None, _last_step(progress), reason


def _environment() -> dict[str, str]:
    """The child's environment variables, without secrets.

    Every Python uses this environment's libraries, which are pure Python.
    """
    ours = [str(ROOT), *(sysconfig.get_path(name) for name in ("purelib", "platlib"))]
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(ours)),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }


def _death(returncode: int) -> str:
    if returncode < 0:
        return f"it was ended by signal {-returncode}"
    return f"it ended with status {returncode}"


def _last_step(progress: Path) -> tuple[str, str]:
    try:
        lines = progress.read_text(errors="replace").splitlines()
        scanner, file = json.loads(lines[-1])
    except (OSError, IndexError, ValueError):
        return "engine", ""
    return scanner, file


def _empty() -> ScanReport:
    return ScanReport(level="dangerous", score=0, findings=())


def _with(report: ScanReport, lost: Sequence[Finding]) -> ScanReport:
    """The report including the findings about failed steps."""
    if not lost:
        return report
    if not report.scanners:  # nothing was scanned, so the release must not go live
        lost = [replace(finding, effect=Effect.HOLD) for finding in lost]
    findings = (*lost, *report.findings)
    level = level_of(findings) if report.scanners else "dangerous"
    score = score_of(findings) if report.scanners else 0
    return replace(report, findings=findings, level=level, score=score)
