"""RECORD: every file with its hash and size, and nothing else."""

from __future__ import annotations

import base64
import hashlib

import pytest

from lumos.package.archive.record import FileFacts, compare_record

CONTENT = {"demo/__init__.py": b"A = 1\n", "demo/with,comma.txt": b"", "x.dist-info/RECORD": b"..."}
RECORD = "x.dist-info/RECORD"
FACTS = {
    name: FileFacts(len(data), {"sha256": hashlib.sha256(data).digest()})
    for name, data in CONTENT.items()
}
REST = (
    '"demo/with,comma.txt",sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n'
    "x.dist-info/RECORD,,\n"
)


def hash_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


SOUND = f"demo/__init__.py,sha256={hash_of(CONTENT['demo/__init__.py'])},6\n" + REST


def rules(text: str | bytes) -> set[str]:
    data = text.encode() if isinstance(text, str) else text
    return {finding.rule for finding in compare_record(data, RECORD, FACTS)}


def test_a_sound_record_has_no_findings() -> None:
    assert rules(SOUND) == set()
    assert rules(SOUND.replace("\n", "\r\n")) == set()


LINE = SOUND.splitlines(keepends=True)[0]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("", "archive/record-missing"),
        (LINE + LINE, "archive/record-twice"),
        (LINE + "demo/ghost.py,sha256=x,1\n", "archive/record-extra"),
        (LINE + "demo/,,\n", "archive/record-extra"),
        (LINE.replace("demo/", "./demo/"), "archive/record-extra"),
        (LINE.replace("demo/", "demo\\"), "archive/record-extra"),
        (LINE.replace(",6", ",7"), "archive/record-size"),
        (LINE.replace(",6", ","), "archive/record-size"),
        (LINE.replace(",6", ",06"), "archive/record-size"),
        (LINE.replace(",6", ",٦"), "archive/record-size"),
        ("demo/__init__.py,,6\n", "archive/record-hash"),
        ("demo/__init__.py,,\n", "archive/record-size"),
        ("demo/__init__.py,md5=rL0Y20zC-Fzt72VPzMSk2A,6\n", "archive/record-hash"),
        ("demo/__init__.py,sha1=Lve95gjOVATpfV8EL5X4nxwjKHE,6\n", "archive/record-hash"),
        (f"demo/__init__.py,sha256={hash_of(b'B = 1')},6\n", "archive/record-hash"),
        (LINE.replace(",6", "=,6"), "archive/record-hash"),
        (LINE.replace("sha256", "SHA256"), "archive/record-hash"),
        ("demo/__init__.py,sha256=!!!,6\n", "archive/record-hash"),
        ("demo/__init__.py\n", "archive/record-form"),
        ("demo/__init__.py,a,b,c\n", "archive/record-form"),
        ('"demo/__init__.py,a,b\n', "archive/record-form"),
    ],
)
def test_a_record_that_differs_from_the_files_is_refused(line: str, rule: str) -> None:
    assert rule in rules(line + REST)


def test_record_says_nothing_of_itself() -> None:
    assert rules(SOUND.replace("RECORD,,", "RECORD,sha256=x,3")) == {"archive/record-self"}
    assert rules(SOUND.replace("x.dist-info/RECORD,,\n", "")) == {"archive/record-missing"}


def test_a_record_that_is_no_text_is_refused() -> None:
    assert rules(b"\xff\xfe") == {"archive/record-form"}
    assert rules("a,b,c\n" * 5_000) == {"archive/record-form"}
    assert "archive/record-missing" in rules("")
