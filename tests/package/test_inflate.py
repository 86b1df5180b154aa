"""Unpacking: into a fresh folder, through handles, never over or through what lies there."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from lumos.package.archive.reader import inflate, read_archive
from lumos.package.archive.unpack import write_tree
from lumos.package.findings import PackageRefused
from tests.package.rawzip import RawEntry, RawZip
from tests.package.wheels import build_wheel, members

LONG = random.Random(7).randbytes(700_000)


def test_every_file_comes_out_as_it_went_in(tmp_path: Path) -> None:
    archive = read_archive(build_wheel(tmp_path, files={"{package}/deep/down/a.txt": LONG}))
    inflate(archive, tmp_path / "out")
    out = tmp_path / "out"
    found = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*.*")
             if path.is_file()}  # fmt: skip
    assert found["demo_hello/deep/down/a.txt"] == LONG
    assert found["demo_hello/tool.toml"] == members()["demo_hello/tool.toml"]
    assert len([path for path in out.rglob("*") if path.is_file()]) == len(archive.files)


def test_modes_of_the_archive_are_not_taken_over(tmp_path: Path) -> None:
    path = RawZip((RawEntry(b"demo/run.py", b"x", mode=0o100777),)).write(tmp_path / "demo.whl")
    inflate(read_archive(path), tmp_path / "out")
    assert (tmp_path / "out/demo/run.py").stat().st_mode & 0o777 == 0o644


def test_folder_entries_make_folders(tmp_path: Path) -> None:
    zip_ = RawZip((RawEntry(b"demo/empty/", method=0, mode=0o40755), RawEntry(b"demo/a.py", b"x")))
    inflate(read_archive(zip_.write(tmp_path / "demo.whl")), tmp_path / "out")
    assert (tmp_path / "out/demo/empty").is_dir()


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    archive = read_archive(build_wheel(tmp_path / "wheel"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/old.txt").write_text("old")
    with pytest.raises(FileExistsError):
        inflate(archive, tmp_path / "out")


def test_a_wheel_that_changes_after_its_check_is_refused(tmp_path: Path) -> None:
    path = build_wheel(tmp_path / "wheel")
    archive = read_archive(path)
    data = path.read_bytes()
    path.write_bytes(data + b"x")
    with pytest.raises(PackageRefused, match="changed"):
        archive.read("demo_hello/tool.toml")


def test_content_beyond_its_promise_stops_at_the_promise(tmp_path: Path) -> None:
    liar = RawEntry(b"demo/a.bin", b"x" * 30_000_000, local={"size": 10}, central={"size": 10})
    archive = read_archive(RawZip((liar,)).write(tmp_path / "demo.whl"))
    with pytest.raises(PackageRefused):
        inflate(archive, tmp_path / "out")
    assert (tmp_path / "out/demo/a.bin").stat().st_size == 0


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "", "a\\b", "./a", "a//b", "a\0b"])
def test_writing_leads_nowhere_else_even_unchecked(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        write_tree(tmp_path / "out", [(name, [b"x"])])


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()

    def chunks(first: bool) -> list[bytes]:
        return [b"x"]

    def members_with_a_trap() -> object:
        yield "demo/a.py", chunks(True)
        os.symlink(outside, tmp_path / "out/demo/sub")
        yield "demo/sub/b.py", chunks(False)

    with pytest.raises(OSError):
        write_tree(tmp_path / "out", members_with_a_trap())  # type: ignore[arg-type]
    assert list(outside.iterdir()) == []


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        write_tree(tmp_path / "out", [("a", [b"1"]), ("a", [b"2"])])
    assert (tmp_path / "out/a").read_bytes() == b"1"
