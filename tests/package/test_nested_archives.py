"""Archives inside a wheel are known by their bytes, under whatever ending they hide."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from lumos.package.archive.nested import HEAD_BYTES, TAIL_BYTES, archive_kind
from lumos.package.wheel import read_wheel
from tests.package.refusals import rules
from tests.package.wheels import build_wheel


def kind(data: bytes) -> str | None:
    return archive_kind(data[:HEAD_BYTES], data[-TAIL_BYTES:])


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.py", b"x")
    return out.getvalue()


def tar_of_unix_v7() -> bytes:
    """A tar without ``ustar``, which ``tarfile`` opens by its checksum."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("evil.py"))
    block = bytearray(out.getvalue()[:512])
    block[257:265] = bytes(8)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    data = bytes(block) + out.getvalue()[512:]
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getnames() == ["evil.py"]
    return data


def binary_cpio(order: str) -> bytes:
    name = b"evil.py\0"
    return (
        struct.pack(f"{order}10H", 0o070707, *[1] * 9)
        + struct.pack(f"{order}3H", len(name), 0, 0)
        + name
    )


def lzma_alone(preset: int) -> bytes:
    return lzma.compress(b"words " * 99, lzma.FORMAT_ALONE, preset=preset)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (zipped(), "zip"),
        (b"GIF89a" + zipped(), "zip"),
        (zipped() + b"\n", "zip"),
        (b"GIF89a" + b"." * 600 + zipped() + b"\n\n", "zip"),
        (b"#!/bin/sh\n" + zipped()[:-2] + b"\x05\x00hello", "zip"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (bz2.compress(b"x"), "bzip2"),
        (lzma.compress(b"x"), "xz"),
        *((lzma_alone(preset), "lzma") for preset in (0, 1, 6, 9)),
        (tar_of_unix_v7(), "tar"),
        (binary_cpio("<"), "cpio"),
        (binary_cpio(">"), "cpio"),
        (b"070701" + b"0" * 104, "cpio"),
        (b"\x1f\x9d\x90" + bytes(20), "compress"),
        (b"\x52\x2a\x4d\x18\x04\x00\x00\x00abcd\x28\xb5\x2f\xfd", "zstandard"),
        (b"\x02\x21\x4c\x18" + bytes(20), "lz4"),
        (b"\x89LZO\x00\r\n\x1a\n" + bytes(20), "lzop"),
        (b"LRZI\x00\x06" + bytes(20), "lrzip"),
        (b"\xff\x06\x00\x00sNaPpY" + bytes(20), "snappy"),
        (b"\x22\x9b-lh5-" + bytes(40), "lha"),
        (b"\x60\xea\x2a\x00\x1e" + bytes(40), "arj"),
        (bytes(7) + b"**ACE**" + bytes(40), "ace"),
        (b"ZOO 2.10 Archive.\x1a\x00\x00\xdc\xa7\xc4\xfd" + bytes(40), "zoo"),
        (b"MSWIM\x00\x00\x00" + bytes(40), "wim"),
        (b"hsqs" + bytes(92), "squashfs"),
        (b"\x45\x3d\xcd\x28" + bytes(92), "cramfs"),
        (bytes(32_769) + b"CD001\x01\x00" + bytes(2_000), "iso"),
        (bytes(1_024) + b"koly\x00\x00\x00\x04" + bytes(504), "dmg"),
    ],
)
def test_an_archive_is_known_by_its_bytes(data: bytes, expected: str, tmp_path: Path) -> None:
    assert kind(data) == expected
    path = build_wheel(tmp_path, files={"{package}/data.bin": data})
    assert rules(read_wheel, path) == {"archive/nested-archive"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(600),
        bytes(range(256)) * 300,
        b"A text that shows PK\x05\x06 and goes on for a while, as a manual of zips would.",
        b"x" * 300 + b"PK\x05\x06" + bytes(18) + b"a constant in a program",
        b"\x00\x00\x00\x00\x07\x00\x00\x00\x01\x00\x00\x00" + bytes(40),
        b"]\x00\x00\x80\x00" + b"\xff" * 40,
        b"\x60\xea\xff\xff\xff" + bytes(40),
        b"\xc7\x71" + bytes(60),
        b"BZh is a word",
        b"0000644\x000000000\x00" * 60,
    ],
)
def test_data_that_resembles_an_archive_is_data(data: bytes) -> None:
    assert kind(data) is None


@pytest.mark.parametrize(
    "ending", ["zipx", "nupkg", "vsix", "crx", "aar", "phar", "tar.Z", "lzo", "br", "lha", "wim"]
)
def test_an_archive_is_known_by_its_ending(ending: str, tmp_path: Path) -> None:
    path = build_wheel(tmp_path, files={"{package}/a." + ending: "text"})
    assert rules(read_wheel, path) == {"archive/nested-archive"}
