"""Versions: SemVer here, PEP 440 for Python, one to one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version as PythonVersion

from lumos.package.versions import InvalidVersion, Version

numbers = st.integers(0, 2**31 - 1)
versions = st.builds(
    Version,
    numbers,
    numbers,
    numbers,
    st.none() | st.tuples(st.sampled_from(["alpha", "beta", "rc"]), numbers),
)


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("1.2.0", "1.2.0"),
        ("0.0.1", "0.0.1"),
        ("1.2.0-alpha.0", "1.2.0a0"),
        ("1.2.0-beta.1", "1.2.0b1"),
        ("10.20.30-rc.12", "10.20.30rc12"),
    ],
)
def test_both_forms_are_one_version(text: str, python: str) -> None:
    version = Version.parse(text)
    assert (str(version), version.pep440) == (text, python)
    assert Version.from_pep440(python) == version
    assert version.is_prerelease == ("-" in text)


def test_precedence_is_semvers() -> None:
    texts = ["1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-beta.0", "1.0.0-rc.1", "1.0.0", "1.0.1"]
    texts += ["1.1.0-rc.1", "1.1.0", "1.10.0", "2.0.0-alpha.0"]
    parsed = [Version.parse(text) for text in texts]
    assert sorted([*parsed[5:], *parsed[:5]]) == parsed
    assert Version.parse("1.0.0") <= Version.parse("1.0.0") > Version.parse("1.0.0-rc.9")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.2",
        "1.2.3.4",
        "v1.2.3",
        "01.2.3",
        "1.2.03",
        "1.2.3+build",
        "1.2.3-beta",
        "1.2.3-beta.01",
        "1.2.3-beta.1.2",
        "1.2.3-dev.1",
        "1.2.3-1",
        "1.2.3-Beta.1",
        "1.2.3b1",
        " 1.2.3",
        "1.2.3\n",
        "1.2.x",
        "-1.2.3",
        "1.2.2147483648",
        "1.2.3-rc.2147483648",
        "٣.١.٤",
        "1." + "9" * 5000 + ".0",
    ],
)
def test_other_versions_are_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(InvalidVersion, match="Try"):
        Version.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "1.2",
        "1",
        "1.2.3.4",
        "1!1.2.3",
        "1.2.3.post1",
        "1.2.3.dev1",
        "1.2.3+local",
        "x",
        "",
        "1.2.3b1.dev2",
    ],
)
def test_python_versions_without_a_semver_are_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(InvalidVersion, match="Try"):
        Version.from_pep440(text)


@pytest.mark.parametrize("text", ["1.2.0.b1", "1.2.0-beta1", "1.2.0b01", "v1.2.0b1"])
def test_other_spellings_of_python_versions_are_normalized(text: str) -> None:
    assert str(Version.from_pep440(text)) == "1.2.0-beta.1"


@given(versions)
def test_every_version_survives_both_forms(version: Version) -> None:
    assert Version.parse(str(version)) == version
    assert Version.from_pep440(version.pep440) == version


@given(versions, versions)
def test_both_forms_are_ordered_alike(first: Version, second: Version) -> None:
    python = PythonVersion(first.pep440) < PythonVersion(second.pep440)
    assert (first < second) == python
    assert (first == second) == (hash(first) == hash(second) and str(first) == str(second))
