"""The zip container: every known way of showing two readers two different wheels is refused."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from lumos.package.archive.reader import read_archive
from lumos.package.archive.zipformat import MAX_MEMBERS
from tests.package.rawzip import RawEntry, RawZip, extra_field
from tests.package.refusals import rules

TWO = RawZip((RawEntry(b"demo/a.py", b"A = 1\n" * 20), RawEntry(b"demo/b.py", b"B = 2\n" * 20)))
FULL = 0xFFFFFFFF
END = b"PK\x05\x06" + bytes(18)


def refused(zip_: RawZip | bytes, tmp_path: Path) -> set[str]:
    path = tmp_path / "demo.whl"
    path.write_bytes(zip_ if isinstance(zip_, bytes) else zip_.pack())
    return rules(_read_all, path)


def _read_all(path: Path) -> None:
    archive = read_archive(path)
    for entry in archive.files:
        archive.read(entry.name)


def both(**fields: object) -> dict[str, dict[str, object]]:
    return {"local": fields, "central": fields}


def test_a_sound_zip_is_accepted(tmp_path: Path) -> None:
    assert refused(TWO, tmp_path) == set()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"prefix": b"#!/usr/bin/env python\n"}, "archive/no-zip"),
        ({"suffix": b"\n"}, "archive/end-record"),
        ({"suffix": bytes(22)}, "archive/end-record"),
        ({"comment": b"hello"}, "archive/end-record"),
        ({"comment": END}, "archive/end-record"),
        ({"gap": b"hidden"}, "archive/gap"),
        ({"before_end": b"hidden"}, "archive/directory-place"),
        ({"end": {"disk": 1}}, "archive/multi-disk"),
        ({"end": {"first_disk": 1}}, "archive/multi-disk"),
        ({"end": {"here": 1}}, "archive/end-record"),
        ({"end": {"count": 1, "here": 1}}, "archive/directory"),
        ({"end": {"count": 3, "here": 3}}, "archive/directory"),
        ({"end": {"size": 10}}, "archive/directory-place"),
        ({"end": {"start": 0}}, "archive/directory-place"),
        ({"end": {"count": 0xFFFF, "here": 0xFFFF}}, "archive/end-record"),
        ({"order": (1, 0)}, "archive/gap"),
        ({"order": (0,)}, "archive/gap"),
        ({"order": (0, 0, 1)}, "archive/gap"),
        ({"entries": ()}, "archive/no-zip"),
    ],
)
def test_the_frame_holds_nothing_but_the_zip(
    change: dict[str, object], rule: str, tmp_path: Path
) -> None:
    assert refused(replace(TWO, **change), tmp_path) == {rule}  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04", END, b"PK\x03\x04" + bytes(500)])
def test_a_file_that_is_no_zip_is_refused(data: bytes, tmp_path: Path) -> None:
    assert refused(data, tmp_path) & {"archive/no-zip", "archive/truncated", "archive/end-record"}


def test_a_second_end_record_whose_comment_hides_the_first_is_refused(tmp_path: Path) -> None:
    inner = TWO.pack()
    fake = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0, 0, 0, 0, 22 + 46)
    hidden = replace(TWO, before_end=b"", gap=b"")
    data = hidden.pack()
    place = len(data) - 22
    assert inner == data
    assert refused(data[:place] + fake[:22] + data[place:], tmp_path)


@pytest.mark.parametrize("cut", [1, 10, 22, 30, 100])
def test_a_truncated_wheel_is_refused(cut: int, tmp_path: Path) -> None:
    assert refused(TWO.pack()[:-cut], tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", b"demo/c.py"),
        ("name", b"demo/a.pyx"),
        ("name", b"DEMO/a.py"),
        ("flags", 0x800),
        ("method", 0),
        ("time", 7),
        ("date", 0x5C22),
        ("crc", 1),
        ("crc", 0),
        ("packed", 0),
        ("size", 0),
        ("size", 119),
        ("extra", extra_field(0x9999, b"")),
        ("signature", b"PK\x03\x05"),
        ("version", 63),
    ],
)
def test_the_local_header_repeats_the_directory(field: str, value: object, tmp_path: Path) -> None:
    assert refused(TWO.with_entry(0, local={field: value}), tmp_path)
    assert refused(TWO.with_entry(0, central={field: value}), tmp_path)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"flags": 0x0001}, "archive/encrypted"),
        ({"flags": 0x0040}, "archive/encrypted"),
        ({"flags": 0x2000}, "archive/encrypted"),
        ({"flags": 0x0008}, "archive/data-descriptor"),
        ({"flags": 0x0010}, "archive/flags"),
        ({"flags": 0x0020}, "archive/flags"),
        ({"version": 63}, "archive/flags"),
        ({"method": 12}, "archive/method"),
        ({"method": 14}, "archive/method"),
        ({"method": 93}, "archive/method"),
        ({"method": 9}, "archive/method"),
        ({"method": 99}, "archive/method"),
        ({"extra": extra_field(0x7075, b"\x01" + bytes(4) + b"x.py")}, "archive/extra-field"),
        ({"extra": extra_field(0x6375, b"\x01" + bytes(4) + b"x")}, "archive/extra-field"),
        ({"extra": extra_field(0x9901, bytes(7))}, "archive/extra-field"),
        ({"extra": extra_field(0x756E, bytes(14))}, "archive/extra-field"),
        ({"extra": extra_field(0x6C78, bytes(6))}, "archive/extra-field"),
        ({"extra": extra_field(0xCAFE, b"")}, "archive/extra-field"),
        ({"extra": extra_field(0x5455, b"")}, "archive/extra-field"),
        ({"extra": 2 * extra_field(0x5455, b"\x01" + bytes(4))}, "archive/extra-field"),
        ({"extra": b"\x55\x54\xff\x00"}, "archive/extra-field"),
        ({"extra": b"\x00\x00\x00"}, "archive/extra-field"),
        ({"extra": extra_field(1, bytes(8))}, "archive/extra-field"),
        ({"extra": extra_field(1, bytes(16))}, "archive/extra-field"),
        ({"size": FULL}, "archive/extra-field"),
        ({"packed": FULL}, "archive/extra-field"),
    ],
)
def test_headers_that_agree_still_say_nothing_odd(
    fields: dict[str, object], rule: str, tmp_path: Path
) -> None:
    assert refused(TWO.with_entry(0, **both(**fields)), tmp_path) == {rule}


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"comment": b"x"}, "archive/directory"),
        ({"disk": 1}, "archive/directory"),
        ({"disk": 0xFFFF}, "archive/directory"),
        ({"offset": 5}, "archive/gap"),
        ({"made_by": 7 << 8}, "archive/made-by"),
        ({"internal": 2}, "archive/made-by"),
    ],
)
def test_the_directory_says_nothing_of_its_own(
    fields: dict[str, object], rule: str, tmp_path: Path
) -> None:
    assert refused(TWO.with_entry(0, central=fields), tmp_path) == {rule}


def test_gaps_between_entries_are_refused(tmp_path: Path) -> None:
    assert refused(TWO.with_entry(0, after=b"hidden"), tmp_path) == {"archive/gap"}
    assert refused(TWO.with_entry(1, before=b"hidden"), tmp_path) == {"archive/gap"}
    assert refused(TWO.with_entry(0, before=b"PK\x03\x04"), tmp_path) == {"archive/gap"}


def test_two_entries_that_share_their_data_are_refused(tmp_path: Path) -> None:
    """The overlapping bomb: many directory entries for one piece of deflated data."""
    assert refused(TWO.with_entry(1, central={"offset": 0}), tmp_path) == {"archive/gap"}


def test_an_entry_that_contains_the_next_one_is_refused(tmp_path: Path) -> None:
    inner = RawZip((RawEntry(b"demo/b.py", b"B = 2\n"),)).pack()[:80]
    outer = RawEntry(b"demo/a.py", inner, method=0)
    zip_ = RawZip((outer, RawEntry(b"demo/b.py", b"B = 2\n")))
    assert refused(zip_.with_entry(1, central={"offset": 39}), tmp_path) == {"archive/gap"}


def test_data_that_reaches_into_the_directory_is_refused(tmp_path: Path) -> None:
    last = TWO.entries[1]
    larger = both(packed=len(last.packed) + 20)
    assert refused(TWO.with_entry(1, **larger), tmp_path) == {"archive/overlap"}


@pytest.mark.parametrize(
    "changes",
    [
        {"data": b"\x00"},
        {"data": b"\xff" * 40},
        {"data": TWO.entries[0].packed[:-1]},
        {"data": TWO.entries[0].packed + b"\x00"},
        {"data": TWO.entries[0].packed + TWO.entries[1].packed},
        both(crc=1),
        both(size=119),
        both(size=121),
        both(method=0),
    ],
)
def test_content_is_what_its_header_promised(changes: dict[str, object], tmp_path: Path) -> None:
    found = refused(TWO.with_entry(0, **changes), tmp_path)
    assert found & {"archive/content", "archive/stored-size"}


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    entries = tuple(RawEntry(b"demo/%d" % number, method=0) for number in range(MAX_MEMBERS + 1))
    assert refused(RawZip(entries), tmp_path) == {"archive/too-many-files"}
    assert refused(RawZip(entries[:-1]), tmp_path) == set()


def test_a_folder_or_a_pipe_is_no_wheel(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        read_archive(tmp_path)


class TestZip64:
    """ZIP64 is accepted where all of its numbers are needed, and agree."""

    def entry(self, **changes: object) -> RawEntry:
        content = b"A = 1\n" * 20
        plain = RawEntry(b"demo/a.py", content)
        numbers = struct.pack("<QQ", len(content), len(plain.packed))
        fields = {"size": FULL, "packed": FULL, "extra": extra_field(1, numbers), "version": 45}
        return replace(plain, local=fields | changes, central=fields | changes)

    def end(self, zip_: RawZip, **changes: int) -> bytes:
        data = zip_.pack()
        frame, short = data[:-22], struct.unpack("<4s4H2LH", data[-22:])
        numbers = {
            "size_of_record": 44,
            "made_by": 45,
            "version": 45,
            "disk": 0,
            "first_disk": 0,
            "here": short[3],
            "count": short[4],
            "size": short[5],
            "start": short[6],
            "place": len(frame),
            "disks": 1,
        } | changes
        values = list(numbers.values())
        record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", *values[:9])
        locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, *values[9:])
        return frame + record + locator + data[-22:]

    def test_consistent_sizes_are_accepted(self, tmp_path: Path) -> None:
        assert refused(RawZip((self.entry(),)), tmp_path) == set()

    @pytest.mark.parametrize(
        "extra",
        [
            struct.pack("<QQ", 121, 17),
            struct.pack("<Q", 120),
            struct.pack("<QQQ", 120, 17, 0),
            struct.pack("<QQ", 120, 2**63),
            b"",
        ],
    )
    def test_sizes_that_do_not_fit_are_refused(self, extra: bytes, tmp_path: Path) -> None:
        assert refused(RawZip((self.entry(extra=extra_field(1, extra)),)), tmp_path)

    def test_a_local_header_with_other_numbers_is_refused(self, tmp_path: Path) -> None:
        entry = self.entry()
        other = {**entry.local, "extra": extra_field(1, struct.pack("<QQ", 120, 18))}
        assert refused(RawZip((replace(entry, local=other),)), tmp_path) == {"archive/local-header"}

    def test_a_consistent_end_record_is_accepted(self, tmp_path: Path) -> None:
        assert refused(self.end(TWO), tmp_path) == set()

    @pytest.mark.parametrize(
        "change",
        [
            {"size_of_record": 45},
            {"version": 63},
            {"disk": 1},
            {"first_disk": 1},
            {"here": 1},
            {"count": 1},
            {"size": 1},
            {"start": 1},
            {"place": 0},
            {"disks": 0},
            {"disks": 2},
        ],
    )
    def test_an_end_record_that_contradicts_is_refused(
        self, change: dict[str, int], tmp_path: Path
    ) -> None:
        assert refused(self.end(TWO, **change), tmp_path) == {"archive/zip64"}
