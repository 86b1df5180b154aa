"""Files that nobody can review."""

from __future__ import annotations

from pathlib import Path

import pytest

from security_scan.engine import Limits, scan
from security_scan.scanners.files import FilesScanner
from tests.scan.samples import write


def rules(folder: Path, **limits: int) -> dict[str, str]:
    report = scan(folder, scanners=[FilesScanner()], limits=Limits(**limits))
    return {finding.rule: finding.file for finding in report.findings}


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("_fast.cpython-311-x86_64-linux-gnu.so", b"\x7fELF\0", "files/native-code"),
        ("_fast.pyd", b"MZ\0", "files/native-code"),
        ("helper.exe", b"MZ\x90\0", "files/executable"),
        ("logo.png", b"\x7fELF\x02\0", "files/executable"),
        ("tool", b"\xcf\xfa\xed\xfe\0", "files/executable"),
        ("core.pyc", b"x", "files/byte-code"),
        ("core.dat", b"\xa7\x0d\r\n\0\0\0\0", "files/byte-code"),
        ("x.pth", b"import os", "files/startup-hook"),
        ("sitecustomize.py", b"", "files/startup-hook"),
        ("latin.py", b"x = '\xe9'\n", "files/undecodable"),
        ("rot.py", b"# -*- coding: rot13 -*-\n", "files/undecodable"),
        ("odd.py", b"# -*- coding: nonsense -*-\n", "files/undecodable"),
        ("utf7.py", b"# coding: utf-7\n", "files/escaped-code"),
        ("old.py", b"print 'x'\n", "files/unparsable"),
    ],
)
def test_a_file_that_cannot_be_reviewed_is_a_finding(
    name: str, data: bytes, rule: str, tmp_path: Path
) -> None:
    (write(tmp_path) / "acme_tool" / name).write_bytes(data)
    assert rules(tmp_path).get(rule) == f"acme_tool/{name}"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("data.json", b"{}"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0"),
        ("MZ.txt", b"MZ is a text"),
        ("accent.py", "x = 'é'\n".encode()),
        ("latin.py", b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"),
        ("bom.py", b"\xef\xbb\xbfx = 1\n"),
        ("replaced.py", "x = '\ufffd'\n".encode()),
        ("empty.py", b""),
    ],
)
def test_an_ordinary_file_is_all_right(name: str, data: bytes, tmp_path: Path) -> None:
    (write(tmp_path) / "acme_tool" / name).write_bytes(data)
    assert rules(tmp_path) == {}


def test_a_script_without_a_suffix_is_read_as_python(tmp_path: Path) -> None:
    (write(tmp_path) / "acme_tool" / "run").write_text("#!/usr/bin/env python3\nprint 'x'\n")
    assert rules(tmp_path) == {"files/unparsable": "acme_tool/run"}


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    report = scan(write(tmp_path, core="x = 1\ny = = 2\n"), scanners=[FilesScanner()])
    assert [(f.rule, f.line) for f in report.findings] == [("files/unparsable", 2)]


def test_a_module_that_is_too_large_is_said_to_be(tmp_path: Path) -> None:
    write(tmp_path, core="x = 1\n" * 1000)
    assert rules(tmp_path, parse_bytes=100) == {"files/too-large": "acme_tool/core.py"}
