"""Thousands of damaged wheels: whatever is accepted, every other reader must see alike.

``LUMOS_FUZZ_MUTATIONS=10000`` runs the full number, ``LUMOS_FUZZ_SEED`` another choice.
"""

from __future__ import annotations

import os
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lumos.package.archive.reader import read_archive
from lumos.package.findings import PackageRefused
from tests.package.rawzip import RawEntry, RawZip, extra_field
from tests.package.readers import READERS, contents_by_bsdtar, contents_by_zipfile
from tests.package.wheels import build_wheel

MUTATIONS = int(os.environ.get("LUMOS_FUZZ_MUTATIONS", "1500"))
SEED = int(os.environ.get("LUMOS_FUZZ_SEED", "20261122"))
DATA = Path(__file__).parent / "data"

Mutation = Callable[[random.Random, bytearray], None]


def _flip_bit(chance: random.Random, data: bytearray) -> None:
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(8)


def _set_byte(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] = chance.choice(
        [0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)]
    )


def _header_field(chance: random.Random, data: bytearray) -> None:
    """A telling number in a field of a header."""
    signature = chance.choice([b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"])
    places = [i for i in range(len(data) - 4) if data[i : i + 4] == signature]
    if not places:
        return
    place = chance.choice(places) + 4 + chance.randrange(0, 42)
    value = chance.choice([0, 1, 2, 8, 9, 0x800, 0x808, 0xFFFF, 0x7075, len(data), 0xFFFFFFFF])
    size = chance.choice([1, 2, 4])
    data[place : place + size] = struct.pack("<Q", value)[:size]


def _insert(chance: random.Random, data: bytearray) -> None:
    place = chance.choice([0, len(data), chance.randrange(len(data))])
    data[place:place] = chance.choice(
        [b"\x00", b"PK\x05\x06" + bytes(18), b"PK\x03\x04", b"#!/bin/sh\n", os.urandom(0) + b"abc"]
    )


def _delete(chance: random.Random, data: bytearray) -> None:
    place = chance.randrange(len(data))
    del data[place : place + chance.randrange(1, 40)]


def _copy_block(chance: random.Random, data: bytearray) -> None:
    start = chance.randrange(len(data))
    block = data[start : start + chance.randrange(1, 120)]
    place = chance.randrange(len(data))
    if chance.random() < 0.5:
        data[place : place + len(block)] = block
    else:
        data[place:place] = block


def _swap_name(chance: random.Random, data: bytearray) -> None:
    """Other characters in a name, in one header or in both."""
    old = chance.choice([b"__init__.py", b"tool.toml", b"METADATA", b"RECORD", b"functions.json"])
    new = bytes(chance.choice(b"./\\:\x00 aA\xc3\xa9") for _ in old)
    count = chance.choice([1, -1])
    data[:] = bytes(data).replace(old, new, count)


MUTATORS: tuple[Mutation, ...] = (
    _flip_bit,
    _set_byte,
    _header_field,
    _header_field,
    _insert,
    _delete,
    _copy_block,
    _swap_name,
)


NAMES = (
    b"demo/x.py", b"demo//x", b"demo/./x", b"demo/../x", b"/demo", b"C:/x", b"demo\\x", b"demo/x/",
    b"demo/a\x00b", b"demo/\xc3\xa9", b"demo/e\xcc\x81", b"demo/\xff", b"demo/CON", b"demo/a.",
    b"demo/\xe2\x80\xaex", b"DEMO/x.py", b"demo", b"", b" ", b"demo/x y", b"demo/~x", b"demo/%2e",
    b"demo/^[x", b"demo/x;1", b"demo/[x]", b"demo/x$y", b"demo/-x", b"-x", b"demo/@x", b"@x",
)  # fmt: skip
EXTRAS = (
    b"",
    extra_field(0x5455, b"\x01\x00\x00\x00\x00"),
    extra_field(0x7875, b"\x01\x04\x00\x00\x00\x00\x04\x00\x00\x00\x00"),
    extra_field(0x7875, b"\x01"),
    extra_field(0x5455, b""),
    extra_field(0x000A, bytes(32)),
    extra_field(0x7075, b"\x01\x00\x00\x00\x00evil"),
    extra_field(0x0001, bytes(16)),
    extra_field(0x756E, bytes(14)),
    extra_field(0x6C78, bytes(6)),
    b"\x00",
)
BOTH: dict[str, tuple[int | bytes, ...]] = {
    "name": NAMES,
    "extra": EXTRAS,
    "flags": (0, 2, 4, 6, 8, 0x800, 0x802, 1, 0x10, 0x20, 0x2000),
    "method": (0, 8, 1, 9, 12, 14, 93, 95, 99),
    "version": (0, 10, 20, 45, 46, 51, 63, 0x0314, 255),
    "time": (0, 0xFFFF, 0x7D1E, 0x1234),
    "date": (0, 0xFFFF, 0x5C21, 0x0021),
    "size": (0, 1, 100, 0xFFFFFFFF),
    "packed": (0, 1, 100, 0xFFFFFFFF),
    "crc": (0, 1),
}
ATTRIBUTES = (
    0, 0x10, 0x20, 0x21, 0x81A40000, 0xA1ED0000, 0x41ED0010, 0x41ED0000, 0x8DED0000, 0x11A40000,
    0xFFFFFFFF, 0x01A40000, 0x03FF0000, 0x61B60000, 0x21B60000, 0x00000008,
)  # fmt: skip
CENTRAL: dict[str, tuple[int, ...]] = {
    "made_by": (0, 20, 0x0314, 0x031E, 0x0A14, 0x1314, 0x0714, 0x0214, 0x0B14, 0x0100),
    "internal": (0, 1, 2, 3),
    "attributes": ATTRIBUTES,
    "disk": (0, 1),
    "offset": (0, 1, 50),
}


def _rebuilt(path: Path) -> RawZip:
    """A sound wheel, ready to be written again with lies."""
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        entries = tuple(
            RawEntry(
                info.filename.encode(),
                archive.read(info),
                method=info.compress_type,
                flags=info.flag_bits,
                mode=info.external_attr >> 16,
                dos=info.external_attr & 0xFFFF,
            )
            for info in infos
        )
    return RawZip(entries)


def _consistent_lie(chance: random.Random, sound: RawZip) -> RawZip:
    """The same odd value in both headers of an entry, or one in the directory alone."""
    index = chance.randrange(len(sound.entries))
    entry = sound.entries[index]
    key = chance.choice([*BOTH, *BOTH, *CENTRAL])
    if key in CENTRAL:
        return sound.with_entry(index, central={**entry.central, key: chance.choice(CENTRAL[key])})
    value = chance.choice(BOTH[key])
    changed = {"local": {**entry.local, key: value}, "central": {**entry.central, key: value}}
    if key == "name" and b"\xc3" in bytes(value):
        changed = {side: {**lies, "flags": 0x800} for side, lies in changed.items()}
    return sound.with_entry(index, **changed)


def _liars(count: int) -> Iterator[bytes]:
    """Wheels whose headers agree with one another and say something odd."""
    chance = random.Random(SEED)
    sound = [_rebuilt(path) for path in sorted(DATA.glob("*.whl"))]
    for _ in range(count):
        lie = chance.choice(sound)
        for _ in range(chance.choice([1, 1, 2, 3])):
            lie = _consistent_lie(chance, lie)
        yield lie.pack()


def _mutants(count: int) -> Iterator[bytes]:
    chance = random.Random(SEED)
    originals = [path.read_bytes() for path in sorted(DATA.glob("*.whl"))]
    for _ in range(count):
        data = bytearray(chance.choice(originals))
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            chance.choice(MUTATORS)(chance, data)
        yield bytes(data)


def _accepted(path: Path) -> tuple[list[str], bytes] | None:
    """Names and contents of a wheel that is accepted and can be read to the end."""
    try:
        archive = read_archive(path)
        contents = b"".join(archive.read(entry.name) for entry in archive.files)
    except PackageRefused:
        return None
    return [entry.name for entry in archive.entries], contents


@pytest.mark.parametrize("make", [_mutants, _liars])
def test_no_damaged_wheel_is_accepted_that_other_readers_see_differently(
    make: Callable[[int], Iterator[bytes]], tmp_path: Path
) -> None:
    accepted = 0
    for number, data in enumerate(make(MUTATIONS // 2)):
        path = tmp_path / "mutant.whl"
        path.write_bytes(data)
        found = _accepted(path)
        if found is None:
            continue
        accepted += 1
        names, contents = found
        for reader, listed in READERS.items():
            assert listed(path) == names, f"mutant {number}: {reader} sees another wheel"
        assert contents_by_zipfile(path) == contents, f"mutant {number}: zipfile reads otherwise"
        assert contents_by_bsdtar(path) == contents, f"mutant {number}: bsdtar reads otherwise"
    assert accepted < MUTATIONS / 4


@pytest.mark.parametrize("reader", sorted(READERS))
def test_sound_wheels_are_read_alike_by(reader: str, tmp_path: Path) -> None:
    wheels = [*DATA.glob("*.whl"), build_wheel(tmp_path, files={"{package}/grün.txt": "grün"})]
    for path in wheels:
        found = _accepted(path)
        assert found is not None
        assert READERS[reader](path) == found[0]
