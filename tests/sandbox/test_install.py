"""Dependencies: wheels only, from where they may come from, with sentences for what fails."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from sandbox import install_dependencies
from sandbox.install import failed, refusal


def wheel(folder: Path, name: str, version: str, requires: str = "") -> Path:
    """A real wheel with one module."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "VALUE = 1\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        + (f"Requires-Dist: {requires}\n" if requires else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    rows = []
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            rows.append(f"{file},sha256={digest.rstrip(b'=').decode()},{len(text)}")
        archive.writestr(f"{info}/RECORD", "\n".join([*rows, f"{info}/RECORD,,"]) + "\n")
    return path


@pytest.fixture
def index(tmp_path: Path) -> str:
    """An index with nothing in it, so that no test asks the network."""
    (tmp_path / "simple").mkdir()
    return (tmp_path / "simple").as_uri()


def test_wheels_are_installed_with_what_they_require(tmp_path: Path, index: str) -> None:
    links = tmp_path / "links"
    links.mkdir()
    wheel(links, "lumosdep", "1.2")
    own = wheel(tmp_path, "acmetool", "1.0.0", "lumosdep>=1")
    found = install_dependencies([own], tmp_path / "target", index_url=index, find_links=links)
    assert found.ok, found.output
    assert found.installed == ("acmetool==1.0.0", "lumosdep==1.2")
    assert (tmp_path / "target" / "lumosdep.py").is_file()
    assert list((tmp_path / "target" / "__pycache__").glob("*.pyc"))


def test_what_is_not_in_the_index_is_told(tmp_path: Path, index: str) -> None:
    found = install_dependencies(["lumos-not-there>=1"], tmp_path / "t", index_url=index)
    assert not found.ok
    assert found.message == "A dependency does not exist in the index, or not in that version."
    assert found.why
    assert found.fix
    assert "lumos-not-there" in found.output


def test_a_source_distribution_is_never_built(tmp_path: Path, index: str) -> None:
    links = tmp_path / "links"
    links.mkdir()
    (links / "lumosdep-1.0.tar.gz").write_bytes(b"not even read")
    found = install_dependencies(["lumosdep"], tmp_path / "t", index_url=index, find_links=links)
    assert not found.ok
    assert found.message == "A dependency has no wheel for this Python and platform."


@pytest.mark.parametrize(
    "requirement",
    [
        "evil @ file:///etc/passwd",
        "evil @ http://169.254.169.254/x.whl",
        "-r /etc/passwd",
        "--index-url=http://evil.invalid",
        "evil\n--index-url http://evil.invalid",
        "",
        Path("/nonexistent/x.whl"),
        Path("/etc/passwd"),
    ],
)
def test_a_requirement_that_is_more_than_a_name_and_a_range_is_refused(
    tmp_path: Path, requirement: str | Path
) -> None:
    found = install_dependencies([requirement], tmp_path / "target")
    assert not found.ok
    assert found.message
    assert found.why
    assert found.fix
    assert not (tmp_path / "target").exists()


def test_an_installer_that_takes_too_long_is_stopped(tmp_path: Path, index: str) -> None:
    found = install_dependencies(["a"], tmp_path / "t", index_url=index, seconds=0.001)
    assert "took more than 0.001 seconds" in found.message


def test_nothing_to_install_is_fine(tmp_path: Path) -> None:
    assert install_dependencies([], tmp_path / "t").ok


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("cause: error sending request for url (http://x)", "The package index cannot be reached."),
        ("your requirements are unsatisfiable", "The dependencies conflict with each other."),
        ("something new", "The dependencies cannot be installed."),
    ],
)
def test_the_installer_s_words_become_a_sentence(output: str, message: str) -> None:
    assert failed(output, Path()).message == message
    assert not refusal("a", "b", "c").ok
