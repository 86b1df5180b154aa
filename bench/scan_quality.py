"""Precision and recall of the malware verdict on a labeled corpus, with confidence intervals.

    python bench/scan_quality.py                      # the committed corpus, its three splits
    python bench/scan_quality.py MALICIOUS BENIGN     # two folders, one package a subfolder

A package counts as blocked if a ``malware/…`` finding blocks it; blocks for other reasons (a
secret, hidden text) are counted beside it, and so are packages with any finding of high severity,
which a person should read. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lumos.package.findings import Severity  # noqa: E402
from security_scan.engine import ScanReport, scan_isolated  # noqa: E402
from tests.scan.samples import CORPUS, unpack, unpack_many  # noqa: E402

Z = 1.96
#: Splits whose samples are not named, so that nobody tunes a rule on one of them.
UNSEEN = {"test", "blind"}
HIGH = Severity.HIGH.rank


@dataclass
class Tally:
    """How many packages of a kind there were and how many were blocked, and which not as hoped."""

    total: int = 0
    blocked: int = 0
    otherwise: int = 0
    high: int = 0
    seconds: list[float] = field(default_factory=list)
    families: dict[str, list[int]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def add(self, name: str, report: ScanReport, *, hoped: bool) -> None:
        """Count one package."""
        malware = any(finding.rule.startswith("malware/") for finding in report.blocking)
        self.total += 1
        self.blocked += malware
        self.otherwise += bool(report.blocking) and not malware
        self.high += any(f.blocking or f.severity.rank >= HIGH for f in report.findings)
        self.seconds.append(report.duration_ms / 1000)
        family = self.families.setdefault(name.partition(".")[0], [0, 0])
        family[0] += malware
        family[1] += 1
        if malware is not hoped:
            rules = sorted({finding.rule for finding in report.blocking})
            self.names.append(f"{name} {' '.join(rules)}".strip())


def wilson(part: int, whole: int) -> tuple[float, float, float]:
    """The share and its 95 % interval; (0, 0, 1) of nothing."""
    if not whole:
        return 0.0, 0.0, 1.0
    share = part / whole
    middle = share + Z * Z / (2 * whole)
    spread = Z * sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    return share, (middle - spread) / scale, (middle + spread) / scale


def tally(folders: Iterable[Path], *, hoped: bool, workers: int) -> Tally:
    """Scan each folder as one package."""
    result = Tally()
    with ThreadPoolExecutor(workers) as pool:
        folders = list(folders)
        for folder, report in zip(folders, pool.map(scan_isolated, folders), strict=True):
            result.add(folder.name, report, hoped=hoped)
    return result


def summary(malicious: Tally, benign: Tally) -> dict[str, object]:
    """The figures as JSON."""
    flagged = malicious.blocked + benign.blocked
    figures = {
        "recall": wilson(malicious.blocked, malicious.total),
        "precision": wilson(malicious.blocked, flagged),
        "false_positive_rate": wilson(benign.blocked, benign.total),
    }
    return {
        "malicious": malicious.total,
        "benign": benign.total,
        **{key: [round(value, 3) for value in values] for key, values in figures.items()},
        "high_or_blocked": [
            [round(value, 3) for value in wilson(side.high, side.total)]
            for side in (malicious, benign)
        ],
        "families": {
            name: f"{blocked} of {total}"
            for name, (blocked, total) in sorted(malicious.families.items())
            if total < malicious.total and len(malicious.families) < malicious.total / 2
        },
        "seconds_median_p95": _spread([*malicious.seconds, *benign.seconds]),
        "blocked_for_other_reasons": [malicious.otherwise, benign.otherwise],
        "missed": malicious.names,
        "wrongly_blocked": benign.names,
    }


def _spread(seconds: list[float]) -> list[float]:
    ordered = sorted(seconds) or [0.0]
    return [round(ordered[int(len(ordered) * share)], 2) for share in (0.5, 0.95)]


def corpus(scratch: Path) -> Iterator[tuple[str, Path, Path]]:
    """(split, malicious, benign) folders of the committed corpus, unpacked below ``scratch``."""
    for split in ("tune", "test"):
        for label in ("malicious", "benign"):
            for sample in sorted((CORPUS / split / label).glob("*.txt")):
                unpack(sample, scratch / split / label / sample.stem)
        yield split, scratch / split / "malicious", scratch / split / "benign"
    for label in ("malicious", "benign"):
        unpack_many(CORPUS / "blind" / f"{label}.txt", scratch / "blind" / label)
    yield "blind", scratch / "blind" / "malicious", scratch / "blind" / "benign"


def main() -> int:
    """Print one JSON object for each split."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="MALICIOUS BENIGN")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        splits = (
            [("given", *options.folders[:2])] if options.folders else list(corpus(Path(scratch)))
        )
        for split, bad, good in splits:
            tallies = [
                tally(
                    (folder for folder in sorted(path.iterdir()) if folder.is_dir()),
                    hoped=hoped,
                    workers=options.workers,
                )
                for path, hoped in ((bad, True), (good, False))
            ]
            figures = summary(*tallies)
            if split in UNSEEN:
                figures.pop("missed")
                figures.pop("wrongly_blocked")
            print(json.dumps({"split": split, **figures}, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
