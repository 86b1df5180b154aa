"""The catalog of rules and the table of verdicts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lumos.package.findings import Effect, Severity
from lumos.package.rules import Rule, table
from security_scan.rules import RULES, bandit
from security_scan.scanners import malware
from security_scan.scanners.bandit import LEFT_OUT, _load
from security_scan.scanners.malware.library import BEGIN, NAMED
from security_scan.scanners.malware.table import VERDICTS, Verdict
from security_scan.scanners.malware.texts import COMMANDS, TEXTS

SOURCE = "".join(path.read_text() for path in Path(malware.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_a_page_that_a_person_can_use(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z-]+/[a-zB0-9-]+", rule.id)
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")


def test_bandits_rules_are_its_tests_with_their_links() -> None:
    _load()
    from bandit.core.extension_loader import MANAGER

    tests = {*MANAGER.plugins_by_id, *MANAGER.blacklist_by_id} - set(LEFT_OUT)
    assert {f"bandit/{test}" for test in tests} == set(bandit.RULES)
    assert bandit.RULES["bandit/B602"].link.endswith(
        "b602_subprocess_popen_with_shell_equals_true.html"
    )


def test_two_rules_cannot_have_one_id() -> None:
    rule = next(iter(RULES.values()))
    with pytest.raises(ValueError, match="two rules"):
        table(rule, rule)


def test_a_rule_refuses_a_severity_that_its_page_does_not_name() -> None:
    with pytest.raises(ValueError, match="no weaker findings"):
        RULES["archive/gap"].finding("Something.", weaker=Severity.LOW)


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: f"{verdict.rule} {verdict.main}")
def test_a_verdict_has_a_severity_and_an_effect_of_its_rule(verdict: Verdict) -> None:
    rule = RULES[f"malware/{verdict.rule}"]
    if verdict.blocking:
        assert (rule.severity, rule.effect) == (Severity.CRITICAL, Effect.HOLD)
    elif rule.effect is Effect.LOWER:
        assert verdict.severity == rule.severity
    else:
        assert verdict.severity in rule.weaker


def test_every_verdict_names_a_rule() -> None:
    assert {f"malware/{verdict.rule}" for verdict in VERDICTS} <= set(RULES)
    named = {f"malware/{verdict.rule}" for verdict in VERDICTS}
    assert {rule for rule in RULES if rule.startswith("malware/")} == named


def test_every_signal_of_a_verdict_is_given_somewhere() -> None:
    given = {*TEXTS, *COMMANDS, *NAMED, "many-sandbox-names"}
    made = re.compile(r"(exec|run|use|send|drop-run|import)-[\w-]+|host-\w+")
    for verdict in VERDICTS:
        groups = (verdict.main, *verdict.beside, *verdict.early)
        for signal in " ".join(groups).split():
            assert signal in given or f'"{signal}"' in SOURCE or made.fullmatch(signal), signal


def test_labels_are_lower_case_words() -> None:
    assert all(re.fullmatch(r"[a-z-]+", label) for label in BEGIN)
