"""What can happen to an index on a disk, and what is left of it afterward."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from search.engines import lock
from search.engines.base import Query, SearchUnavailable
from search.engines.whoosh import WhooshEngine
from tests.search.samples import document
from tests.support.waiting import without_hanging

REPOSITORY = Path(__file__).resolve().parents[2]
#: Another process that does one thing to the index in argv[1].
PRELUDE = """
import sys, time
from pathlib import Path
from search.engines.whoosh import WhooshEngine
from tests.search.samples import document
engine = WhooshEngine(Path(sys.argv[1]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the index lies."""
    return tmp_path / "search"


def another_process(folder: Path, code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + code, str(folder)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def await_line(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == line


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_writers_in_several_processes_take_turns(folder: Path) -> None:
    code = "for n in range(8): engine.index([document(f'acme/{sys.argv[2]}-{n}')])"
    writers = [
        subprocess.Popen([sys.executable, "-c", PRELUDE + code, str(folder), name], cwd=REPOSITORY)
        for name in ("one", "two", "three")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert WhooshEngine(folder).count() == 24


def test_a_reader_sees_what_another_process_wrote(folder: Path) -> None:
    engine = WhooshEngine(folder)
    assert engine.search(Query("hello")).total == 0
    writer = another_process(folder, "engine.index([document('acme/hello')])")
    assert writer.wait(60) == 0
    end(writer)
    assert engine.search(Query("hello")).total == 1


@pytest.mark.parametrize(
    "moment", ["whoosh.writing.SegmentWriter.commit", "whoosh.index.TOC.write"]
)
@pytest.mark.parametrize("write", ["index", "rebuild"])
def test_a_writer_killed_half_way_leaves_the_old_index_and_its_lock_free(
    folder: Path, write: str, moment: str
) -> None:
    engine = WhooshEngine(folder)
    engine.index([document("acme/before")])
    code = f"""
import whoosh.index, whoosh.writing
def stop(*args, **kwargs):
    print("writing", flush=True)
    time.sleep(60)
if "{write}" == "index" or "commit" in "{moment}":
    {moment} = stop
else:  # the first list of contents is that of an empty folder
    create, whoosh.index.TOC.create = whoosh.index.TOC.create, None
    def first(*args):
        create(*args)
        whoosh.index.TOC.write = stop
    whoosh.index.TOC.create = first
engine.{write}([document("acme/half")])
"""
    writer = another_process(folder, code)
    await_line(writer, "writing")
    os.kill(writer.pid, signal.SIGKILL)
    end(writer)
    assert engine.ids() == {"acme/before"}
    engine.index([document("acme/after")])
    assert engine.ids() == WhooshEngine(folder).ids() == {"acme/before", "acme/after"}


def test_who_waits_too_long_for_the_lock_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "TIMEOUT_SECONDS", 0.2)
    engine = WhooshEngine(folder)
    engine.index([document("acme/before")])
    holder = another_process(
        folder, "with engine.exclusive():\n    print('held', flush=True)\n    time.sleep(60)"
    )
    await_line(holder, "held")
    with without_hanging(5), pytest.raises(lock.Busy):
        engine.index([document("acme/late")])
    assert engine.search(Query("before")).total == 1, "readers do not wait"
    end(holder)
    engine.index([document("acme/late")])
    assert engine.count() == 2


def damage(folder: Path, pattern: str) -> None:
    for path in (folder / "current").resolve().glob(pattern):
        path.write_bytes(b"\xff" * path.stat().st_size)


# Whoosh leaves files open when what it reads is damaged.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("pattern", ["*.toc", "*.seg", "*"])
def test_a_damaged_index_is_named_and_a_rebuild_mends_it(folder: Path, pattern: str) -> None:
    WhooshEngine(folder).index([document("acme/hello", summary="greets")])
    damage(folder, pattern)
    engine = WhooshEngine(folder)
    with pytest.raises(SearchUnavailable):
        engine.search(Query("hello"))
    with pytest.raises(SearchUnavailable):
        engine.ids()
    with pytest.raises(SearchUnavailable):
        engine.index([document("acme/other")])
    engine.rebuild([document("acme/hello")])
    assert engine.ids() == {"acme/hello"}
    assert engine.search(Query("hello")).total == 1
    gc.collect()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9])
def test_a_segment_cut_short_under_an_open_reader_ends_no_process(
    folder: Path, share: float
) -> None:
    engine = WhooshEngine(folder)
    engine.rebuild([document(f"acme/item-{n}", readme=f"w{n} " * 50) for n in range(300)])
    code = f"""
import os
from search.engines.base import Query, SearchUnavailable
assert engine.search(Query("item 7")).total
for path in (engine.root / "current").resolve().glob("*.seg"):
    os.truncate(path, int(path.stat().st_size * {share}))
try:
    for number in range(300):
        engine.search(Query(f"w{{number}}"))
    engine.ids()
    print("nothing missing was read", flush=True)
except SearchUnavailable as error:
    print(error.status, flush=True)
"""
    reader = another_process(folder, code)
    said = reader.communicate(timeout=60)[0].strip()
    assert reader.returncode == 0
    assert said == "503" or share == 0.9
    with pytest.raises(SearchUnavailable):
        WhooshEngine(folder).search(Query("item 7"))
    engine.rebuild([document("acme/hello")])
    assert engine.search(Query("hello")).total == 1


def test_damage_that_only_a_search_meets_is_still_known_to_the_sweep(folder: Path) -> None:
    engine = WhooshEngine(folder)
    engine.index([document("acme/hello")])
    engine.count()
    (folder / "damaged").touch()
    with pytest.raises(SearchUnavailable):
        engine.ids()


def test_a_lost_folder_is_an_empty_index_that_can_be_filled(folder: Path) -> None:
    engine = WhooshEngine(folder)
    engine.index([document("acme/hello")])
    assert engine.count() == 1
    shutil.rmtree(folder)
    assert engine.count() == 0
    engine.index([document("acme/hello")])
    assert engine.search(Query("hello")).total == 1


def test_rebuilds_leave_one_folder_behind(folder: Path) -> None:
    engine = WhooshEngine(folder)
    for _ in range(3):
        engine.rebuild([document("acme/hello")])
        assert engine.search(Query("hello")).total == 1
    assert len(list(folder.glob("whoosh-*"))) == 1


def test_many_single_writes_do_not_pile_up_files(folder: Path) -> None:
    engine = WhooshEngine(folder)
    for number in range(40):
        engine.index([document(f"acme/item-{number % 10}")])
    assert engine.count() == 10
    assert len(list((folder / "current").resolve().iterdir())) < 25
