"""Characters that nobody sees, and findings as JSON."""

from __future__ import annotations

import json

import pytest

from lumos.package.findings import Effect, Finding, Severity
from lumos.package.rulebook import RULES
from lumos.package.text import first_hidden


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Plain text.",
        "Grüße, 数据处理, кириллица, ελληνικά",
        "100 % – “quoted” …",
        "tab-free",
        "👍",
    ],
)
def test_what_can_be_seen_is_not_hidden(text: str) -> None:
    assert first_hidden(text) is None


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "U+2066 LEFT-TO-RIGHT ISOLATE"),
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\u200d", "U+200D ZERO WIDTH JOINER"),
        ("\ufeff", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("\u00ad", "U+00AD SOFT HYPHEN"),
        ("\u2060", "U+2060 WORD JOINER"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
        ("\ufe0f", "U+FE0F VARIATION SELECTOR-16"),
        ("\U000e0100", "U+E0100 VARIATION SELECTOR-17"),
        ("\u3164", "U+3164 HANGUL FILLER"),
        ("\u2028", "U+2028 LINE SEPARATOR"),
        ("\x1b", "U+001B without a name"),
        ("\x00", "U+0000 without a name"),
        ("\n", "U+000A without a name"),
        ("\x9b", "U+009B without a name"),
        ("\ue000", "U+E000 without a name"),
    ],
)
def test_what_cannot_be_seen_is_named(char: str, name: str) -> None:
    assert first_hidden(f"a{char}b") == name
    assert first_hidden(f"a{char}b", allowed=char) is None


def test_findings_survive_json() -> None:
    finding = RULES["archive/name"].finding("It is so.", line=3, evidence={"a": [1]})
    data = json.loads(json.dumps(finding.as_dict()))
    assert Finding.from_dict(data) == finding
    assert data["docs_url"] == "/docs/rules/archive/name"
    assert finding.blocking and finding.severity is Severity.HIGH


@pytest.mark.parametrize(("blocking", "effect"), [(True, Effect.REJECT), (False, Effect.LOWER)])
def test_a_finding_that_was_stored_without_an_effect_can_be_read(
    blocking: bool, effect: Effect
) -> None:
    stored = RULES["archive/name"].finding("It is so.").as_dict()
    del stored["effect"]
    assert Finding.from_dict({**stored, "blocking": blocking}).effect is effect


def test_severities_are_ordered() -> None:
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3, 4]
    assert not RULES["metadata/keywords"].finding("m").blocking
