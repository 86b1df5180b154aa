"""The whole scan and its report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lumos.package.findings import Effect, Finding, Severity
from security_scan.engine import scan
from security_scan.report import SHOWN_PER_RULE, ScanReport, level_of, limited, score_of
from security_scan.target import Function
from tests.scan.samples import write


def finding(rule: str, severity: Severity = Severity.HIGH, **more: object) -> Finding:
    return Finding(rule, severity, "m", "w", "f", **more)  # type: ignore[arg-type]


def test_a_clean_tool_is_safe(tmp_path: Path) -> None:
    code = '"""Add."""\n\n\ndef add(a: int, b: int) -> int:\n    """Add."""\n    return a + b\n'
    report = scan(
        write(tmp_path, core=code),
        import_package="acme_tool",
        texts={"README.md": "# Add\n", "summary": "Adds."},
        functions=[Function("add", "Add two numbers.", {"type": "object"})],
    )
    assert (report.level, report.score, report.findings) == ("safe", 100, ())
    assert report.files == 2


def test_a_report_survives_json(tmp_path: Path) -> None:
    report = scan(
        write(tmp_path, core='import os, subprocess\nsubprocess.call(os.environ["X"], shell=True)')
    )
    text = json.dumps(report.as_dict())
    assert ScanReport.from_dict(json.loads(text)) == report


def test_the_report_names_every_scanner_with_its_version(tmp_path: Path) -> None:
    scanners = scan(write(tmp_path)).scanners
    assert {"bandit", "permissions", "malware", "secrets", "hidden-text"} <= set(scanners)
    assert scanners["bandit"].count(".") == 2


def test_the_uploaders_bandit_settings_and_nosec_count_for_nothing(tmp_path: Path) -> None:
    write(tmp_path, core="import subprocess\nsubprocess.call(input(), shell=True)  # nosec B602\n")
    (tmp_path / ".bandit").write_text("[bandit]\nskips = B602,B605\n")
    (tmp_path / "pyproject.toml").write_text('[tool.bandit]\nskips = ["B602"]\n')
    assert "bandit/B602" in {finding.rule for finding in scan(tmp_path).findings}


def test_tests_and_odd_folders_are_scanned_too(tmp_path: Path) -> None:
    for folder in ("tests", "dist", "build", "migrations", ".hidden", "node_modules"):
        place = write(tmp_path).joinpath("acme_tool", folder)
        place.mkdir()
        (place / "x.py").write_text("import subprocess\nsubprocess.call(input(), shell=True)\n")
    files = {f.file for f in scan(tmp_path).findings if f.rule == "bandit/B602"}
    assert len(files) == 6


def test_bandit_is_never_called_malware_detection(tmp_path: Path) -> None:
    folder = write(tmp_path, core="import subprocess\nsubprocess.call(input(), shell=True)\n")
    report = scan(folder, declared=["system-command"])
    assert report.level == "warning"
    assert not report.blocking


def test_a_bandit_finding_links_its_page_and_names_the_line(tmp_path: Path) -> None:
    report = scan(write(tmp_path, core="import yaml\n\nyaml.load(input())\n"))
    found = next(f for f in report.findings if f.rule == "bandit/B506")
    assert found.line == 3
    assert found.evidence["link"].startswith("https://bandit.readthedocs.io/")
    assert found.docs_url == "/docs/rules/bandit/B506"


def test_without_a_folder_there_is_nothing_to_scan(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        scan(tmp_path / "nowhere")


def test_a_link_out_of_the_package_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text("exec('x')")
    package = write(tmp_path / "inside")
    (package / "acme_tool" / "link.py").symlink_to(outside / "secret.py")
    (package / "acme_tool" / "folder").symlink_to(outside)
    assert scan(package).files == 1


@pytest.mark.parametrize(
    ("findings", "level"),
    [
        ([], "safe"),
        ([finding("bandit/B1", Severity.LOW)], "safe"),
        ([finding("bandit/B1", Severity.HIGH)], "warning"),
        ([finding("malware/x", Severity.HIGH)], "dangerous"),
        ([finding("secret/x", Severity.CRITICAL, effect=Effect.REJECT)], "dangerous"),
        ([finding("malware/x", Severity.CRITICAL, effect=Effect.REJECT)], "malicious"),
    ],
)
def test_the_level_is_one_word_for_the_worst(findings: list[Finding], level: str) -> None:
    assert level_of(findings) == level


def test_the_score_falls_with_each_new_rule_and_hardly_with_repetition() -> None:
    one = score_of([finding("a/a", line=1)])
    many = score_of([finding("a/a", line=n) for n in range(50)])
    two = score_of([finding("a/a"), finding("b/b")])
    assert 100 > one > two
    assert many == 100 - 2 * (100 - one)
    assert score_of([finding("a/a", effect=Effect.REJECT)]) <= 10


def test_a_report_keeps_the_worst_and_says_how_many_are_left_out(tmp_path: Path) -> None:
    repeated = [finding("a/a", Severity.LOW, line=n) for n in range(100)]
    blocking = [finding("b/b", Severity.CRITICAL, line=n, effect=Effect.REJECT) for n in range(40)]
    kept, left_out = limited([*repeated, *blocking])
    assert kept[0].rule == "b/b"
    assert sum(f.rule == "b/b" for f in kept) == 40
    assert sum(f.rule == "a/a" for f in kept) == SHOWN_PER_RULE
    assert left_out == 75


def test_the_same_finding_is_said_once() -> None:
    kept, left_out = limited([finding("a/a", line=1), finding("a/a", line=1)])
    assert (len(kept), left_out) == (1, 0)
