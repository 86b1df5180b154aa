"""Names a slip away from a known one are near; names of their own are not."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumos.package.names.nearness import near, one_edit
from lumos.package.names.tools import ToolName

KNOWN = ToolName("lumos", "csv-parser")
WORD = st.text(string.ascii_lowercase, min_size=2, max_size=12)


@pytest.mark.parametrize(
    "name",
    [
        "acme/csv-parsr", "acme/csv-parsers", "acme/cvs-parser", "acme/csvparser",
        "acme/csv-perser", "acme/parser-csv", "acme/py-csv-parser", "acme/csv-parser-pro",
        "acme/csv-parser2", "acme/lumos-csv-parser", "lumo/csv-parser", "lumoss/csv-parser",
        "acme/csv-parser-v2",
    ],
)  # fmt: skip
def test_a_slip_away(name: str) -> None:
    assert near(ToolName.parse(name), KNOWN)


@pytest.mark.parametrize(
    "name",
    [
        "acme/csv-parser", "acme/csv-writer", "acme/xml-parser", "acme/csv-parser-for-banks",
        "acme/table-reader", "acme/parser", "acme/csv", "acme/tsv-parsing",
    ],
)  # fmt: skip
def test_a_name_of_its_own(name: str) -> None:
    assert not near(ToolName.parse(name), KNOWN)


def test_short_names_are_one_letter_from_too_many() -> None:
    assert not near(ToolName("acme", "csb"), ToolName("lumos", "csv"))


@given(WORD, st.data())
def test_one_edit_is_found_wherever_it_is(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    for made in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    ):
        assert one_edit(word, made) is (made != word)
        assert one_edit(made, word) is (made != word)


@given(WORD, WORD)
def test_one_edit_changes_the_length_by_one_at_most(a: str, b: str) -> None:
    if one_edit(a, b):
        assert abs(len(a) - len(b)) <= 1
        assert a != b
