"""Ranges: npm's meaning, and a PEP 440 form that is never narrower."""

from __future__ import annotations

import itertools

import nodesemver
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumos.package.ranges import InvalidRange, Range
from lumos.package.versions import Version

PRERELEASES = ("", "-alpha.1", "-beta.0", "-beta.2", "-rc.1")
UNIVERSE = [
    Version.parse(f"{major}.{minor}.{patch}{pre}")
    for major, minor, patch, pre in itertools.product(range(4), range(4), range(4), PRERELEASES)
]

small = st.integers(0, 3)
bounds = st.builds(
    "{}.{}.{}{}".format, small, small, small, st.sampled_from([*PRERELEASES, "", "", "-beta"])
)
partial = st.builds("{}.{}".format, small, st.sampled_from("0123x*")) | st.builds(str, small)
comparators = st.builds(
    "{}{}".format, st.sampled_from(["", "^", "~", ">", ">=", "<", "<=", "="]), bounds | partial
)
parts = st.lists(comparators, min_size=1, max_size=2).map(" ".join) | st.builds(
    "{} - {}".format, bounds, bounds
)
ranges = st.lists(parts, min_size=1, max_size=3).map(" || ".join)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("^1.2", "1.2.0 1.9.9", "1.1.9 2.0.0 2.0.0-rc.1 1.3.0-beta.1"),
        ("^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2"),
        ("^0.0.3", "0.0.3", "0.0.4 0.0.2"),
        ("~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2"),
        ("1.x", "1.0.0 1.9.9", "2.0.0 0.9.9"),
        ("*", "0.0.0 9.9.9", "1.0.0-beta.1"),
        ("", "0.0.0 9.9.9", "1.0.0-beta.1"),
        ("1.2.3", "1.2.3", "1.2.4 1.2.2 1.2.3-rc.1"),
        (">=1 <2", "1.0.0 1.9.9", "2.0.0 0.9.0"),
        (">=1, <2", "1.0.0 1.9.9", "2.0.0 0.9.0"),
        ("1.2 - 2.3", "1.2.0 2.3.9", "2.4.0 1.1.9"),
        ("^1.2 || ~3.1", "1.5.0 3.1.4", "2.0.0 3.2.0"),
        (">=1.3.0-beta.1", "1.3.0-beta.1 1.3.0-rc.1 1.3.0 2.0.0", "1.3.0-alpha.1 1.4.0-beta.1"),
        ("^1.2.3-beta.2", "1.2.3-beta.2 1.2.3 1.9.0", "1.2.3-beta.1 1.2.4-beta.2"),
        ("1.0.0-beta.1", "1.0.0-beta.1", "1.0.0 1.0.0-beta.2"),
    ],
)
def test_ranges_mean_what_they_mean_in_npm(text: str, inside: str, outside: str) -> None:
    range_ = Range.parse(text)
    assert all(range_.matches(Version.parse(version)) for version in inside.split())
    assert not any(range_.matches(Version.parse(version)) for version in outside.split())


@pytest.mark.parametrize(
    "text",
    [
        "latest",
        "1.2.3.4",
        ">=",
        "^",
        "^1,,2",
        ",",
        "1.2.3 -",
        "=>1",
        "!=1.2",
        "==1.2.3",
        "~=1.2",
        "^1.2.3-dev.1",
        "git+https://example.org/x",
        "file:../x",
        "1\n2",
        "^٣",
        "1" * 300,
        "^99999999999",
        "||".join(["1"] * 40),
    ],
)
def test_other_texts_are_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(InvalidRange, match="Try"):
        Range.parse(text)


def test_the_best_version_is_the_highest_that_fits() -> None:
    versions = [Version.parse(text) for text in ("1.2.0", "1.10.0", "2.0.0", "1.11.0-rc.1")]
    assert Range.parse("^1").best(versions) == Version.parse("1.10.0")
    assert Range.parse("^3").best(versions) is None


@settings(max_examples=60, deadline=None)
@given(ranges, st.sampled_from(UNIVERSE))
def test_node_semver_agrees_about_releases(text: str, version: Version) -> None:
    if not version.is_prerelease:
        reference = nodesemver.satisfies(str(version), text, loose=False)
        assert Range.parse(text).matches(version) == reference
