"""The text files of a wheel say the same to every reader, or the wheel is refused.

Python's mail parser ends a header at the first line that is none, installers written in other
languages skip that line; ``splitlines`` breaks where a CSV reader does not; a file system that
ignores case finds ``Entry_Points.txt`` under its usual name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lumos.package.wheel import read_wheel
from tests.package.refusals import rules
from tests.package.wheels import build_wheel, members, record_text

WHEEL = "Wheel-Version: 1.0\nGenerator: x 1\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
RECORD = "demo_hello-1.0.0.dist-info/RECORD"
ELF = b"\x7fELF\x02\x01\x01" + bytes(57)


def refused(tmp_path: Path, **parts: object) -> set[str]:
    return rules(read_wheel, build_wheel(tmp_path, **parts))  # type: ignore[arg-type]


def metadata() -> str:
    return members()["demo_hello-1.0.0.dist-info/METADATA"].decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Summary:", "no field\nSummary:"),
        ("Summary:", "no field\nRequires-Dist: evil\nSummary:"),
        ("Summary: Greets", "Summary: Hi\rRequires-Dist: evil\rX: y"),
        ("Name: demo-hello", "Name : demo-hello"),
        ("Name: demo-hello", "N\u00e4me: x\nName: demo-hello"),
        ("Metadata-Version:", " x\nMetadata-Version:"),
        ("Metadata-Version:", "From me Mon\nMetadata-Version:"),
        ("Metadata-Version:", "\nMetadata-Version:"),
        ("Metadata-Version:", "\ufeffMetadata-Version:"),
    ],
)
def test_a_header_that_parsers_read_differently_is_refused(
    before: str, after: str, tmp_path: Path
) -> None:
    text = metadata().replace(before, after, 1)
    found = refused(tmp_path, files={"{dist_info}/METADATA": text})
    assert "metadata/field" in found


def test_windows_line_ends_and_continued_lines_are_read(tmp_path: Path) -> None:
    text = metadata().replace("Keywords: greeting,hello", "Keywords: greeting,\n hello")
    assert refused(tmp_path, files={"{dist_info}/METADATA": text}) == set()
    header, _, body = metadata().partition("\n\n")
    crlf = (header.replace("\n", "\r\n") + "\r\n\r\n" + body).encode()
    assert refused(tmp_path, files={"{dist_info}/METADATA": crlf}) == set()


@pytest.mark.parametrize(
    "text",
    [
        WHEEL.replace("Root-Is-Purelib: true\n", "Root-Is-Purelib: true\nRoot-Is-Purelib: false\n"),
        WHEEL.replace("Wheel-Version: 1.0\n", "Wheel-Version: 1.0\nwheel-version: 1.0\n"),
        WHEEL.replace("Wheel-Version: 1.0", "Wheel-Version: 1.9"),
        WHEEL.replace("Tag:", "no field\nTag:"),
        WHEEL.replace("x 1", "x\0"),
    ],
)
def test_a_wheel_file_says_everything_once(text: str, tmp_path: Path) -> None:
    assert refused(tmp_path, wheel_file=text) & {"archive/wheel-version", "archive/tags"}


def test_a_wheel_for_every_platform_is_pure(tmp_path: Path) -> None:
    text = WHEEL.replace("Purelib: true", "Purelib: false")
    assert refused(tmp_path, wheel_file=text) == {"archive/tags"}


def test_native_code_does_not_lie_among_pure_python(tmp_path: Path) -> None:
    tag = "cp311-cp311-manylinux_2_17_x86_64"
    text = WHEEL.replace("py3-none-any", tag)
    files = {"{package}/fast.so": ELF}
    assert refused(tmp_path, tag=tag, wheel_file=text, files=files) == {"archive/native-code"}
    impure = text.replace("Purelib: true", "Purelib: false")
    assert refused(tmp_path, tag=tag, wheel_file=impure, files=files) == set()


@pytest.mark.parametrize("mark", ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_record_has_the_line_breaks_that_every_reader_sees(mark: str, tmp_path: Path) -> None:
    text = record_text(members(), RECORD)
    first, rest = text.split("\n", 1)
    assert refused(tmp_path, record=first + mark + rest) == {"archive/record-form"}
    assert refused(tmp_path, record=first + mark + "\n" + rest) == {"archive/record-form"} or (
        mark == "\r"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[console_scripts]\n;a = b:c\n",
        "[console_scripts]\n[a = b:c\n",
        "[console_scripts] a = b:c\n",
        "[console_scripts]\x0ca = b:c\n",
    ],
)
def test_what_importlib_takes_for_an_entry_point_is_one(text: str, tmp_path: Path) -> None:
    found = refused(tmp_path, files={"{dist_info}/entry_points.txt": text})
    assert found == {"archive/entry-points"}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Entry_Points.txt", "archive/entry-points"),
        ("DIRECT_URL.json", "archive/layout"),
        ("Installer", "archive/layout"),
        ("record.JWS", "archive/layout"),
    ],
)
def test_another_case_does_not_hide_a_file(name: str, rule: str, tmp_path: Path) -> None:
    text = "[console_scripts]\na = b:c\n"
    assert refused(tmp_path, files={"{dist_info}/" + name: text}) == {rule}
