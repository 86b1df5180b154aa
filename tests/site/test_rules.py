"""The page of a rule answers whoever was refused by it: what sets it off, why, how to fix it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from marketplace.rules import SUBJECTS, all_rules

ROOT = Path(settings.BASE_DIR)
#: Where findings are made, and the tests that say which rules the helpers there write.
SOURCES = ("lumos/package", "lumos/runtime", "publishing/checks", "tests/package")
#: Names of kinds of things in tests, which no code ever finds.
NO_RULES = {"schema/x"}
RULES = [rule for _, _, _, rules in all_rules() for rule in rules]


def named_in_code() -> set[str]:
    """Every id of a rule that stands in the code as one literal."""
    literal = re.compile(rf'"((?:{"|".join(SUBJECTS)})/[a-z0-9-]+)"')
    files = [path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")]
    files.append(ROOT / "lumos" / "client" / "checks.py")
    return {found for path in files for found in literal.findall(path.read_text("utf-8"))}


def test_every_rule_that_the_code_names_is_explained() -> None:
    named = named_in_code()
    assert len(named) > 120
    assert named - NO_RULES - {rule.id for rule in RULES} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_why_and_how_to_fix_it(rule: object) -> None:
    said = vars_of(rule)
    assert all(said[key].strip().endswith((".", "!", "?")) for key in ("why", "fix")), said
    assert said["title"] and not said["title"].endswith(".")
    assert said["what"] or said["bad"] or said["link"]
    assert said["why"] != SUBJECTS[said["id"].partition("/")[0]][1] or said["link"]


def vars_of(rule: object) -> dict[str, str]:
    return {name: str(getattr(rule, name)) for name in rule.__slots__}  # type: ignore[attr-defined]


def test_a_page_shows_the_example_and_its_correction(visit: Client) -> None:
    page = visit.get("/docs/rules/manifest/unknown-permission").content.decode()
    for words in ("What sets it off", "internet", "network:api.example.org", "Blocks publishing"):
        assert words in page, words
    assert "/docs/rules/manifest/unknown-key" in page


def test_a_rule_of_another_version_still_explains_its_subject(visit: Client) -> None:
    page = visit.get("/docs/rules/manifest/of-the-future")
    assert page.status_code == 200
    assert "The manifest says what a wheel cannot" in page.content.decode()
