"""What a finding of each rule does to a release."""

from __future__ import annotations

import pytest

from lumos.package.findings import Effect, by_effect
from publishing.checks.base import Outcome, Verdict
from publishing.rulebook import RULES, with_effect

#: Rules that hold a release for a moderator; each decision to add one is made here.
HOLD = ("malware/", "permissions/undeclared-", "scan/could-not-finish", "example/killed")
HOLD += ("description/", "name/near-popular", "secret/credential-url", "secret/published-default")
HOLD += ("permissions/seen-undeclared", "permissions/recorded-undeclared", "observed/")
HOLD += tuple(
    f"files/{name}"
    for name in (
        "byte-code",
        "executable",
        "native-code",
        "run-data",
        "started-script",
        "too-large",
        "undecodable",
        "unparsable",
        "unread-code",
    )
)
#: Rules whose findings never block.
LOWER = (
    "archive/no-native-code",
    "bandit/",
    "providers/",
    "documentation/",
    "example/none-offline",
    "schema/not-compared",
)
LOWER += ("description/secret-parameter", "description/too-long", "files/startup-hook")
LOWER += ("hidden-text/comment", "metadata/keywords", "metadata/license-old", "metadata/readme-")
LOWER += ("metadata/requires-python-missing", "name/reserved-namespace", "permissions/unused")
LOWER += ("scan/too-many-findings", "secret/possible")
LOWER += tuple(
    f"malware/{name}"
    for name in (
        "identity-sent",
        "import-work",
        "installs-packages",
        "metadata-service",
    )
)


def expected(rule_id: str) -> Effect:
    if rule_id.startswith(LOWER):
        return Effect.LOWER
    return Effect.HOLD if rule_id.startswith(HOLD) else Effect.REJECT


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_each_rule_has_the_effect_that_was_decided_for_it(rule_id: str) -> None:
    assert RULES[rule_id].effect is expected(rule_id)
    verdicts = {
        Effect.REJECT: Verdict.REJECT,
        Effect.HOLD: Verdict.HOLD,
        Effect.LOWER: Verdict.GO_ON,
    }
    outcome = Outcome.of("", (RULES[rule_id].finding("Something."),), {})
    assert outcome.verdict is verdicts[expected(rule_id)]


def test_one_finding_that_rejects_outweighs_all_that_hold() -> None:
    held = RULES["files/native-code"].finding("Something.")
    rejected = RULES["archive/gap"].finding("Something.")
    assert Outcome.of("", (held, rejected), {}).verdict is Verdict.REJECT
    assert Outcome.of("", (), {}).verdict is Verdict.GO_ON


@pytest.mark.parametrize(
    ("rule_id", "blocking", "effect"),
    [
        ("files/native-code", True, Effect.HOLD),
        ("archive/gap", True, Effect.REJECT),
        ("rule/of-another-version", True, Effect.REJECT),
        ("files/native-code", False, Effect.LOWER),
    ],
)
def test_a_finding_stored_before_it_had_an_effect_takes_its_rules(
    rule_id: str, blocking: bool, effect: Effect
) -> None:
    stored = {"rule": rule_id, "severity": "high", "blocking": blocking}
    assert list(by_effect([with_effect(stored)])) == [effect]
