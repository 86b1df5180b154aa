"""Files that nobody can review."""

from __future__ import annotations

import gzip
import random
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


PROGRAMS = {
    "ELF": b"\x7fELF\x01\x02\x01" + bytes(9) + b"\0\x02" + bytes(40),
    "Mach-O": b"\xcf\xfa\xed\xfe\x0c\0\0\x01" + bytes(24),
    "Mach-O for two machines": b"\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07" + bytes(24),
    "Windows": b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0\x64\x86" + bytes(20),
    "WebAssembly": b"\0asm\x01\0\0\0" + bytes(8),
    "Java": b"\xca\xfe\xba\xbe\0\0\0\x41\0\x10" + bytes(8),
}


@pytest.mark.parametrize("before", [b"", b"\x89PNG\r\n\x1a\n" + b"data" * 5000])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("name", ["a.dat", "a.png", "a.bin", "a"])
def test_a_program_is_held_under_any_name_and_at_any_place(
    program: bytes, before: bytes, name: str, tmp_path: Path
) -> None:
    (write(tmp_path) / "acme_tool" / name).write_bytes(before + program)
    assert rules(tmp_path) == {"files/executable": f"acme_tool/{name}"}


def test_honest_binary_data_is_no_program(tmp_path: Path) -> None:
    (write(tmp_path) / "acme_tool" / "noise").write_bytes(random.Random(7).randbytes(5_000_000))
    for name in ("words.db", "model.onnx", "text.gz"):
        data = gzip.compress(b"words " * 500) if name.endswith("gz") else b"SQLite format 3\0MZ\0PE"
        (tmp_path / "acme_tool" / name).write_bytes(data)
    assert rules(tmp_path) == {}
