"""The page of a rule answers whoever was refused by it: what sets it off, why, how to fix it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from marketplace.rules import SUBJECTS, all_rules
from security_scan.rules import bandit
from security_scan.rules.files import UNPARSED
from security_scan.rules.permissions import MEANING
from security_scan.scanners.malware.table import VERDICTS
from security_scan.scanners.wording import SENTENCES
from security_scan.scanners.wording.orders import ORDERS

ROOT = Path(settings.BASE_DIR)
#: Where findings are made; the rules themselves are data in files named ``…rules.py``.
SOURCES = ("lumos/package", "lumos/client", "lumos/runtime", "publishing", "sandbox")
SOURCES += ("security_scan/scanners", "security_scan/guard.py", "security_scan/engine.py")
RULES = [rule for _, _, _, rules in all_rules() for rule in rules]


def code() -> Iterator[str]:
    for source in SOURCES:
        place = ROOT / source
        for path in place.rglob("*.py") if place.is_dir() else [place]:
            if not path.name.endswith("rules.py"):
                yield path.read_text("utf-8")


def emitted() -> set[str]:
    """Every id of a rule that the code names in full, or puts together from a table."""
    literal = re.compile(rf'"((?:{"|".join(SUBJECTS)})/[a-z0-9-]+)"')
    found = {name for text in code() for name in literal.findall(text)}
    found |= {f"{subject}/{name}" for subject in ("manifest", "functions") for name in FILES}
    found |= {f"malware/{verdict.rule}" for verdict in VERDICTS}
    found |= {f"permissions/undeclared-{kind}" for kind in MEANING}
    found |= {f"description/{rule}" for rule, _, _ in SENTENCES}
    found |= {f"description/{order.rule}" for order in ORDERS}
    found |= {f"hidden-text/{kind}" for kind in ("ansi", "invisible", "control")}
    return found | set(bandit.RULES) | {UNPARSED}


#: What is said of tool.toml and functions.json alike.
FILES = ("missing", "not-utf8")


def test_the_table_has_the_rules_that_the_code_finds_and_no_others() -> None:
    assert emitted() == {rule.id for rule in RULES}


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
    for words in ("What it finds", "internet", "network:api.example.org", "Rejects the release"):
        assert words in page, words
    assert "/docs/rules/manifest/unknown-key" in page


def test_a_rule_of_another_version_still_explains_its_subject(visit: Client) -> None:
    page = visit.get("/docs/rules/manifest/of-the-future")
    assert page.status_code == 200
    assert "The manifest says what a wheel cannot" in page.content.decode()
