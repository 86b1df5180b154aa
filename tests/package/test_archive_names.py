"""Names, kinds and sizes of entries: one meaning on every system, and no bombs."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lumos.package.archive.reader import read_archive
from tests.package.rawzip import RawEntry, RawZip
from tests.package.refusals import refusals, rules


def refused(*entries: RawEntry, tmp_path: Path) -> set[str]:
    return rules(read_archive, RawZip(entries).write(tmp_path / "demo.whl"))


def file(name: str | bytes, content: bytes = b"x", **changes: object) -> RawEntry:
    raw = name if isinstance(name, bytes) else name.encode()
    flags = 0 if raw.isascii() else 0x800
    return RawEntry(raw, content, **{"flags": flags, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "demo/__init__.py",
        "demo/a-b_c.d+e@f,g",
        "demo/with space.txt",
        "demo/grün.txt",
        "demo/数据.json",
        "demo/console.py",
        "demo/.hidden",
        "demo/null.py",
        "demo/" + "d/" * 18 + "x",
        "demo/" + "x" * 255,
    ],
)
def test_ordinary_names_are_accepted(name: str, tmp_path: Path) -> None:
    assert refused(file(name), tmp_path=tmp_path) == set()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "//server/share",
        "../outside.py",
        "demo/../../outside.py",
        "demo/..",
        "demo/./a.py",
        "demo//a.py",
        ".",
        "demo/..//",
        "C:/a.py",
        "demo/c:a.py",
        "demo/a.py:stream",
        "demo\\a.py",
        "..\\outside.py",
        "demo/a\x00.py",
        "demo/a\n.py",
        "demo/a\x1b[31m.py",
        "demo/a\x7f.py",
        "demo/a\x85.py",
        "demo/a\u202egp.py",
        "demo/a\u2066b.py",
        "demo/a\u200b.py",
        "demo/a\u200d.py",
        "demo/a\ufeff.py",
        "demo/a\u00ad.py",
        "demo/a\u2028.py",
        "demo/a\U000e0041.py",
        "demo/a\ufe0f.py",
        "demo/a\u3164.py",
        "demo/e\u0301.py",
        "demo/\u212b.py",
        "demo/a.",
        "demo/a ",
        "demo/ a",
        "demo./a.py",
        "demo /a.py",
        "demo/...",
        "demo/CON",
        "demo/con.py",
        "demo/Aux.tar.gz",
        "demo/nul",
        "demo/com1.txt",
        "demo/LPT9",
        "demo/com\u00b9.py",
        "demo/conin$",
        "demo/prn .txt",
        "nul/a.py",
        'demo/a"b.py',
        "demo/a<b",
        "demo/a|b",
        "demo/a?b",
        "demo/a*b",
        "demo/" + "x" * 256,
        "demo/" + "ü" * 128,
        "demo/" + "/".join(["y" * 100] * 6),
        "demo/" + "d/" * 20 + "x",
        "demo/a\u00a0.py",
        "demo/a\u3000b.py",
        "demo/..\uff0fa.py",
        "demo/..\u2215..\u2215a.py",
        "demo/..\u2044a.py",
        "demo/\u2100.py",
        "demo/a\uff1astream",
        "demo/\u2025/a.py",
        "demo/\uff3ca.py",
    ],
)
def test_names_that_lead_elsewhere_on_some_system_are_refused(name: str, tmp_path: Path) -> None:
    assert refused(file(name), tmp_path=tmp_path) == {"archive/name"}


@pytest.mark.parametrize(
    ("raw", "flags"), [(b"demo/\xff.py", 0x800), (b"demo/\xe9.py", 0), ("demo/é.py".encode(), 0)]
)
def test_names_are_utf8_and_say_so(raw: bytes, flags: int, tmp_path: Path) -> None:
    assert refused(file(raw, flags=flags), tmp_path=tmp_path) == {"archive/name"}


def test_a_name_from_windows_is_ascii(tmp_path: Path) -> None:
    """Info-ZIP reads a name from Windows in an old code page, whatever its flag says."""
    made = {"central": {"made_by": 20}}
    foreign = file("demo/grün.txt", **made)
    assert refused(foreign, tmp_path=tmp_path) == {"archive/made-by"}
    assert refused(file("demo/green.txt", **made), tmp_path=tmp_path) == set()


@pytest.mark.parametrize(
    ("names", "rule"),
    [
        (("demo/a.py", "demo/a.py"), "archive/collision"),
        (("demo/a.py", "demo/A.py"), "archive/collision"),
        (("demo/straße.py", "demo/STRASSE.py"), "archive/collision"),
        (("demo/x/a.py", "demo/X/b.py"), "archive/collision"),
        (("demo/a", "demo/a/b.py"), "archive/file-and-folder"),
        (("demo/a/b.py", "demo/a"), "archive/file-and-folder"),
        (("demo/a/b.py", "demo/A"), "archive/file-and-folder"),
        (("demo/a/", "demo/a"), "archive/collision"),
        (("demo/", "demo/"), "archive/collision"),
    ],
)
def test_two_names_for_one_place_are_refused(
    names: tuple[str, ...], rule: str, tmp_path: Path
) -> None:
    entries = [
        file(name, b"" if name.endswith("/") else b"x", method=0 if name.endswith("/") else 8)
        for name in names
    ]
    assert rule in refused(*entries, tmp_path=tmp_path)


@pytest.mark.parametrize("mode", [0, 0o644, 0o755, 0o100644, 0o100755, 0o100600, 0o777])
def test_regular_files_are_accepted_with_and_without_type_bits(mode: int, tmp_path: Path) -> None:
    assert refused(file("demo/a.py", mode=mode), tmp_path=tmp_path) == set()


@pytest.mark.parametrize("mode", [0, 0o755, 0o40755])
def test_folder_entries_are_accepted(mode: int, tmp_path: Path) -> None:
    folder = file("demo/", b"", method=0, mode=mode, dos=0x10)
    assert refused(folder, file("demo/a.py"), tmp_path=tmp_path) == set()


@pytest.mark.parametrize(
    "mode",
    [
        stat.S_IFLNK | 0o777,
        stat.S_IFIFO | 0o644,
        stat.S_IFSOCK | 0o644,
        stat.S_IFCHR | 0o644,
        stat.S_IFBLK | 0o644,
        stat.S_IFDIR | 0o755,
        0o170000,
        0o010000 | 0o020000,
        stat.S_IFREG | stat.S_ISUID | 0o755,
        stat.S_IFREG | stat.S_ISGID | 0o755,
        stat.S_IFREG | stat.S_ISVTX | 0o755,
        stat.S_ISUID | 0o755,
    ],
)
def test_links_devices_and_setuid_files_are_refused(mode: int, tmp_path: Path) -> None:
    assert refused(file("demo/a.py", mode=mode), tmp_path=tmp_path) == {"archive/kind"}


@pytest.mark.parametrize(
    "entry",
    [
        file("demo/a.py", dos=0x10),
        file("demo/a.py", dos=0x08),
        file("demo/a.py", dos=0x02),
        file("demo/a.py", dos=0x40),
        file("demo/a.py", dos=0x400),
        file("demo/", b"content", method=0),
        file("demo/", b"", method=8),
        file("demo/", b"", method=0, mode=stat.S_IFREG | 0o644),
        file("demo/", b"", method=0, mode=stat.S_IFLNK | 0o644),
    ],
)
def test_entries_that_are_two_kinds_at_once_are_refused(entry: RawEntry, tmp_path: Path) -> None:
    assert refused(entry, tmp_path=tmp_path) == {"archive/kind"}


def test_every_bad_name_is_reported_at_once(tmp_path: Path) -> None:
    path = RawZip((file("../a"), file("/b"), file("demo/c"))).write(tmp_path / "demo.whl")
    assert len(refusals(read_archive, path)) == 2


class TestSizes:
    """Limits are checked on what the headers promise, before anything is inflated."""

    def lie(self, size: int, packed: int | None = None) -> RawEntry:
        fields = {"size": size} | ({} if packed is None else {"packed": packed})
        return RawEntry(b"demo/a.bin", b"x" * 1000, local=fields, central=fields)

    def test_a_file_of_more_than_fifty_megabytes_is_refused(self, tmp_path: Path) -> None:
        assert refused(self.lie(50 * 2**20 + 1), tmp_path=tmp_path) == {"archive/too-large"}

    def test_a_bomb_by_its_ratio_is_refused(self, tmp_path: Path) -> None:
        bomb = RawEntry(b"demo/a.bin", bytes(10 * 2**20))
        assert refused(bomb, tmp_path=tmp_path) == {"archive/too-large"}

    def test_many_small_bombs_are_refused_by_their_sum(self, tmp_path: Path) -> None:
        entries = [RawEntry(b"demo/%d" % number, bytes(60 * 1024)) for number in range(500)]
        assert refused(*entries, tmp_path=tmp_path) == {"archive/too-large"}

    def test_a_small_file_of_one_line_repeated_is_no_bomb(self, tmp_path: Path) -> None:
        entries = [file(f"demo/{n}", bytes(range(256)) * 4, method=0) for n in range(8)]
        small = RawEntry(b"demo/zeros", bytes(32 * 1024))
        assert refused(*entries, small, tmp_path=tmp_path) == set()

    def test_more_than_two_hundred_megabytes_in_all_are_refused(self, tmp_path: Path) -> None:
        entries = [
            RawEntry(b"demo/%d" % n, bytes(45 * 2**20), data=bytes(2**19), method=8)
            for n in range(5)
        ]
        assert refused(*entries, tmp_path=tmp_path) == {"archive/too-large"}

    def test_a_wheel_of_more_than_fifty_megabytes_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "demo.whl"
        with path.open("wb") as out:
            out.write(b"PK\x03\x04")
            out.truncate(50 * 2**20 + 1)
        assert rules(read_archive, path) == {"archive/too-large"}
