"""The malware verdict on the labeled corpus. The figures come from ``bench/detection.py``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from security_scan.engine import scan
from security_scan.report import ScanReport
from security_scan.scanners.malware import MalwareScanner
from tests.scan.samples import CORPUS, samples, unpack, unpack_many

HOST = re.compile(r"https?://([\w.-]+)")


def verdict(sample: Path, folder: Path) -> ScanReport:
    return scan(unpack(sample, folder), scanners=[MalwareScanner()])


def name(sample: Path) -> str:
    return sample.stem


@pytest.mark.parametrize("sample", samples("tune", "malicious"), ids=name)
def test_a_known_pattern_is_blocked(sample: Path, tmp_path: Path) -> None:
    report = verdict(sample, tmp_path)
    assert report.level == "malicious"
    for finding in report.blocking:
        assert finding.why
        assert finding.fix
        assert finding.file
        assert finding.line
        assert finding.evidence.get("signals") or not finding.rule.startswith("malware/")


@pytest.mark.parametrize(
    "sample", [*samples("tune", "benign"), *samples("test", "benign")], ids=name
)
def test_an_honest_package_is_not_blocked(sample: Path, tmp_path: Path) -> None:
    assert verdict(sample, tmp_path).blocking == ()


@pytest.mark.parametrize("sample", samples("tune", "held"), ids=name)
def test_an_honest_package_that_writes_to_start_up_files_is_held(
    sample: Path, tmp_path: Path
) -> None:
    """A moderator decides: the scanner cannot tell why a start-up file is changed."""
    assert verdict(sample, tmp_path).blocking


def test_nine_in_ten_patterns_that_no_rule_was_written_for_are_blocked(tmp_path: Path) -> None:
    unseen = samples("test", "malicious")
    blocked = [s for s in unseen if verdict(s, tmp_path / s.stem).blocking]
    assert len(blocked) >= 0.9 * len(unseen)


def test_the_corpus_names_no_host_of_an_attacker() -> None:
    known = {"discord.com", "api.telegram.org", "webhook.site"}
    for sample in (*samples("tune", "malicious"), *samples("test", "malicious")):
        for host in HOST.findall(sample.read_text()):
            assert host.endswith("evil.invalid") or host in known, (sample.stem, host)


def test_a_corpus_that_nobody_tuned_on_keeps_its_figures(tmp_path: Path) -> None:
    """The floor is below the published figure; nobody should look which samples these are."""

    def blocked(label: str) -> float:
        folders = unpack_many(CORPUS / "blind" / f"{label}.txt", tmp_path / label)
        reports = [scan(folder, scanners=[MalwareScanner()]) for folder in folders]
        return sum(bool(report.blocking) for report in reports) / len(reports)

    assert blocked("malicious") >= 0.85
    assert blocked("benign") <= 0.03
