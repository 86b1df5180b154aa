"""Recorded results of the checks are found by what made them: the package and the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import recorded_checks


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rule in a repository of its own."""
    monkeypatch.setattr(recorded_checks, "REPOSITORY", tmp_path)
    (tmp_path / "requirements.txt").write_text("bandit==1")
    rule = tmp_path / "security_scan" / "rules" / "secrets.py"
    rule.parent.mkdir(parents=True)
    rule.write_text("old")
    return rule


def test_a_changed_rule_or_library_finds_no_older_record(code: Path, tmp_path: Path) -> None:
    before = recorded_checks._rules()
    assert recorded_checks._rules() == before
    code.write_text("new")
    changed = recorded_checks._rules()
    (tmp_path / "requirements.txt").write_text("bandit==2")
    assert len({before, changed, recorded_checks._rules()}) == 3


def test_a_package_is_checked_once_and_after_a_change_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded_checks, "_records", lambda: tmp_path / "records")
    (tmp_path / "records").mkdir()
    package = tmp_path / "package"
    package.mkdir()
    calls: list[Path] = []
    check = recorded_checks._recorded(
        "scan_isolated", lambda folder: calls.append(folder) or len(calls)
    )
    for content, expected in (("x = 1", 1), ("x = 1", 1), ("x = 2", 2), ("x = 1", 1)):
        (package / "demo.py").write_text(content)
        assert check(package) == expected
