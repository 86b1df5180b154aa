"""The catalog of rules and the table of verdicts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from security_scan.rules import CATALOG, rule_page
from security_scan.rules.model import Rule, by_id
from security_scan.scanners import malware
from security_scan.scanners.malware.library import BEGIN, NAMED
from security_scan.scanners.malware.table import VERDICTS
from security_scan.scanners.malware.texts import COMMANDS, TEXTS

SOURCE = "".join(path.read_text() for path in Path(malware.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("rule", CATALOG.values(), ids=lambda rule: rule.id)
def test_a_rule_is_a_page_that_a_person_can_use(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z-]+/[a-z0-9-]+", rule.id)
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert rule_page(rule.id) is rule


def test_bandits_rules_have_pages_with_links() -> None:
    rule = rule_page("bandit/B602")
    assert rule is not None
    assert rule.link.endswith("b602_subprocess_popen_with_shell_equals_true.html")
    assert rule_page("bandit/B301") is not None


@pytest.mark.parametrize("unknown", ["bandit/B999", "malware/nothing", "", "../x", "bandit/b602"])
def test_a_rule_that_nobody_has_has_no_page(unknown: str) -> None:
    assert rule_page(unknown) is None


def test_two_rules_cannot_bear_one_name() -> None:
    rule = next(iter(CATALOG.values()))
    with pytest.raises(ValueError, match="two rules"):
        by_id([rule, rule])


def test_every_verdict_names_a_rule() -> None:
    assert {f"malware/{verdict.rule}" for verdict in VERDICTS} <= set(CATALOG)
    named = {f"malware/{verdict.rule}" for verdict in VERDICTS}
    assert {rule for rule in CATALOG if rule.startswith("malware/")} == named


def test_every_signal_of_a_verdict_is_given_somewhere() -> None:
    given = {*TEXTS, *COMMANDS, *NAMED, "many-sandbox-names"}
    made = re.compile(r"(exec|run|use|send|drop-run|import)-[\w-]+|host-\w+")
    for verdict in VERDICTS:
        groups = (verdict.main, *verdict.beside, *verdict.early)
        for signal in " ".join(groups).split():
            assert signal in given or f'"{signal}"' in SOURCE or made.fullmatch(signal), signal


def test_labels_are_lower_case_words() -> None:
    assert all(re.fullmatch(r"[a-z-]+", label) for label in BEGIN)
