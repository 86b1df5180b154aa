"""One scan of one unpacked package: every scanner, one report.

``scan`` works in this process. A server uses ``scan_isolated``, which does the same in a child
process, because a hostile file can crash its parser, hang it or exhaust its memory.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from lumos.package.findings import Finding
from lumos.package.masking import Masker
from security_scan.guard import Guard
from security_scan.isolated import scan_isolated
from security_scan.report import Evidence, ScanReport, level_of, limited, score_of
from security_scan.rules.files import RULES
from security_scan.scanners import Scanner, all_scanners
from security_scan.target import Function, FunctionLike, Limits, Target

__all__ = ["Evidence", "Limits", "ScanReport", "scan", "scan_isolated"]


def scan(
    folder: Path,
    *,
    declared: Sequence[str] = (),
    import_package: str = "",
    texts: Mapping[str, str] | None = None,
    functions: Sequence[FunctionLike] = (),
    limits: Limits | None = None,
    scanners: Sequence[Scanner] | None = None,
    guard: Guard | None = None,
) -> ScanReport:
    """Scan every file under ``folder``, and the texts and functions that the author wrote.

    ``declared`` are permission strings (``network:api.example.org``), ``texts`` named prose
    (``README.md``, ``summary``, ``title``), ``functions`` the functions that agents see. Nothing
    of the package is imported or run, and findings contain no secrets. Does not raise for any
    content of the files; raises NotADirectoryError without a folder.
    """
    started = time.monotonic()
    if not Path(folder).is_dir():
        raise NotADirectoryError(f"{folder} is not a folder, so it cannot be scanned")
    limits = limits or Limits()
    target = Target(
        folder=Path(folder),
        declared=tuple(declared),
        import_package=import_package,
        texts=dict(texts or {}),
        functions=tuple(Function.of(function) for function in functions),
        limits=limits,
    )
    guard = guard or Guard(step_seconds=limits.step_seconds)
    scanners = all_scanners() if scanners is None else scanners
    findings = [finding for scanner in scanners for finding in _run(scanner, target, guard)]
    masker = Masker(file.text for file in target.text_files)
    findings = [masker.finding(finding) for finding in (*findings, *guard.failures)]
    return _report(target, findings, scanners, started)


def _run(scanner: Scanner, target: Target, guard: Guard) -> list[Finding]:
    findings: list[Finding] = []
    try:
        findings.extend(scanner.scan(target, guard))
    except (Exception, RecursionError, MemoryError) as error:
        guard._failed(scanner.name, "", f"{type(error).__name__}: {error}"[:200])
    return findings


def _report(
    target: Target, findings: list[Finding], scanners: Sequence[Scanner], started: float
) -> ScanReport:
    shown, left_out = limited(findings)
    if left_out:
        shown.append(
            RULES["scan/too-many-findings"].finding(f"{left_out} further findings are not shown.")
        )
    return ScanReport(
        level=level_of(findings),
        score=score_of(findings),
        findings=tuple(shown),
        detected=target.shared.get("detected", {}),
        found=target.shared.get("found", ()),
        undeclared=target.shared.get("undeclared", ()),
        unused=target.shared.get("unused", ()),
        scanners={scanner.name: scanner.version for scanner in scanners},
        files=len(target.files),
        duration_ms=round((time.monotonic() - started) * 1000),
    )
