"""What may not lie in a wheel: start-up hooks, bytecode, archives, native code, strangers."""

from __future__ import annotations

import gzip
import io
import lzma
import marshal
import tarfile
import zipfile
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from lumos.package.wheel import read_wheel
from tests.package.refusals import rules
from tests.package.wheels import build_wheel

ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
PE = b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00"
PYC = MAGIC_NUMBER + bytes(12) + marshal.dumps(compile("x = 1", "x", "exec"))


def refused(tmp_path: Path, files: dict[str, str | bytes], **changes: object) -> set[str]:
    path = build_wheel(tmp_path, files=files, **changes)  # type: ignore[arg-type]
    return rules(read_wheel, path)


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("evil.py"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("evil.pth", "import os", "archive/startup-hook"),
        ("{package}/evil.pth", "import os", "archive/startup-hook"),
        ("{package}/EVIL.PTH", "import os", "archive/startup-hook"),
        ("sitecustomize.py", "", "archive/startup-hook"),
        ("{package}/sitecustomize.py", "", "archive/startup-hook"),
        ("{package}/usercustomize/__init__.py", "", "archive/startup-hook"),
        ("{package}/a.pyc", "text", "archive/bytecode"),
        ("{package}/a.pyo", "text", "archive/bytecode"),
        ("{package}/__pycache__/a.cpython-311.txt", "text", "archive/bytecode"),
        ("{package}/data.bin", PYC, "archive/bytecode"),
        ("{package}/a.zip", "text", "archive/nested-archive"),
        ("{package}/a.tar.gz", "text", "archive/nested-archive"),
        ("{package}/a.WHL", "text", "archive/nested-archive"),
        ("{package}/a.pyz", "text", "archive/nested-archive"),
        ("{package}/data.bin", zipped(a=b"x"), "archive/nested-archive"),
        ("{package}/data.bin", zipped(), "archive/nested-archive"),
        ("{package}/icon.png", b"\x89PNG\r\n" + zipped(a=b"x"), "archive/nested-archive"),
        ("{package}/data.bin", gzip.compress(b"x", mtime=0), "archive/nested-archive"),
        ("{package}/data.bin", lzma.compress(b"x"), "archive/nested-archive"),
        ("{package}/data.bin", b"BZh91AY&SY" + bytes(9), "archive/nested-archive"),
        ("{package}/data.bin", tarred(), "archive/nested-archive"),
        ("{package}/data.bin", b"7z\xbc\xaf\x27\x1c\x00\x04", "archive/nested-archive"),
        ("{package}/data.bin", b"\x28\xb5\x2f\xfd" + bytes(9), "archive/nested-archive"),
        ("{package}/data.bin", b"Rar!\x1a\x07\x01\x00", "archive/nested-archive"),
        ("{package}/book.xlsx", zipped(**{"evil.py": b"x"}), "archive/nested-archive"),
        ("{package}/fast.so", "text", "archive/native-code"),
        ("{package}/fast.cpython-311-x86_64-linux-gnu.so", ELF, "archive/native-code"),
        ("{package}/libfast.so.1.2", "text", "archive/native-code"),
        ("{package}/fast.pyd", "text", "archive/native-code"),
        ("{package}/fast.dylib", "text", "archive/native-code"),
        ("{package}/fast.dll", "text", "archive/native-code"),
        ("{package}/run.exe", "text", "archive/native-code"),
        ("{package}/data.bin", ELF, "archive/native-code"),
        ("{package}/data.bin", PE, "archive/native-code"),
        ("{package}/data.bin", b"\xcf\xfa\xed\xfe" + bytes(28), "archive/native-code"),
        ("{package}/data.bin", b"\xca\xfe\xba\xbe" + bytes(28), "archive/native-code"),
        ("{package}/data.bin", b"\x00asm\x01\x00\x00\x00", "archive/native-code"),
        ("{package}/data.bin", b"!<arch>\n", "archive/native-code"),
        ("{dist_info}/entry_points.txt", "[console_scripts]\na = b:c\n", "archive/entry-points"),
        ("{dist_info}/entry_points.txt", "a = b", "archive/entry-points"),
        ("other/__init__.py", "", "archive/layout"),
        ("single.py", "", "archive/layout"),
        ("{package}-1.0.0.data/scripts/run", "", "archive/layout"),
        ("{package}-1.0.0.data/purelib/other.py", "", "archive/layout"),
        ("tests/test_a.py", "", "archive/layout"),
        ("{dist_info}/direct_url.json", "{{}}", "archive/layout"),
        ("{dist_info}/INSTALLER", "pip", "archive/layout"),
        ("{dist_info}/RECORD.jws", "x", "archive/layout"),
        ("other-1.0.0.dist-info/METADATA", "x", "archive/dist-info"),
        ("demo_hello-1.0.0.DIST-INFO/METADATA", "x", "archive/collision"),
    ],
)
def test_hidden_ways_into_an_environment_are_refused(
    name: str, content: str | bytes, rule: str, tmp_path: Path
) -> None:
    assert rule in refused(tmp_path, {name: content})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("{package}/py.typed", ""),
        ("{package}/empty.bin", b""),
        ("{package}/image.png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("{package}/MZ.md", "MZ is how such a file begins."),
        ("{package}/BZh.txt", "BZh is a word"),
        ("{package}/page.html", "<p>PK</p>"),
        ("{package}/model.bin", bytes(range(256)) * 9),
        ("{package}/sub/__init__.py", "def customize(): ..."),
        ("{package}/customize.py", ""),
        ("{package}/pth.py", ""),
        ("{package}/windows.txt", b"ab\r\ncd\r\nefghijklmnop"),
        ("{dist_info}/entry_points.txt", ""),
        ("{dist_info}/entry_points.txt", "# nothing\n[console_scripts]\n"),
        ("{dist_info}/top_level.txt", "demo_hello\n"),
        ("{dist_info}/AUTHORS.md", "Ada"),
        ("{dist_info}/sboms/sbom.json", "[]"),
        (
            "{package}/book.xlsx",
            zipped(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
        ),
        (
            "{package}/letter.odt",
            zipped(mimetype=b"application/vnd.oasis", **{"content.xml": b"<x/>"}),
        ),
    ],
)
def test_ordinary_content_is_accepted(name: str, content: str | bytes, tmp_path: Path) -> None:
    assert refused(tmp_path, {name: content}) == set()


@pytest.mark.parametrize(
    "members",
    [
        {"[Content_Types].xml": b"", "xl/vbaProject.bin": b"macro"},
        {"[Content_Types].xml": b"", "evil.py": b"code"},
        {"[Content_Types].xml": b"", "inner.zip": b"code"},
        {"xl/workbook.xml": b""},
    ],
)
def test_a_document_with_more_than_data_is_an_archive(
    members: dict[str, bytes], tmp_path: Path
) -> None:
    found = refused(tmp_path, {"{package}/book.xlsx": zipped(**members)})
    assert found == {"archive/nested-archive"}


def test_native_code_is_allowed_in_a_platform_wheel(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"{package}/fast.so": ELF}
    assert refused(tmp_path, files, tag="cp311-cp311-manylinux_2_17_x86_64") == set()
    assert refused(tmp_path, files, tag="py3-none-macosx_11_0_arm64") == set()
    assert refused(tmp_path, files, tag="cp311-none-any") == {"archive/native-code"}
