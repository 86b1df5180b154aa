"""What a disk and a kill do to a store, and what its readers see."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.store.base import Store
from core.store.files import FileStore
from core.store.memory import MemoryStore

REPOSITORY = Path(__file__).resolve().parents[2]

#: Puts a large file and dies at the moment named in argv[2].
DIES = """
import os, signal, sys
from pathlib import Path
from core.store import files

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

store, moment = files.FileStore(Path(sys.argv[1])), sys.argv[2]
if moment == "filling":
    files.shutil.copyfileobj = lambda source, out, size: (out.write(b"half"), out.flush(), die())
elif moment == "before the rename":
    os.replace = die
elif moment == "after the rename":
    files._flush_folder = die
source = Path(sys.argv[1]).parent / "source"
source.write_bytes(b"new" * 1000)
with source.open("rb") as stream:
    store.put("files/key", stream)
"""


@pytest.mark.parametrize("moment", ["filling", "before the rename", "after the rename"])
def test_a_writer_killed_at_any_moment_leaves_old_bytes_or_new(tmp_path: Path, moment: str) -> None:
    store = FileStore(tmp_path / "store")
    store.put("files/key", b"old")
    done = subprocess.run(
        [sys.executable, "-c", DIES, str(store.root), moment], cwd=REPOSITORY, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert store.get("files/key") == (b"new" * 1000 if moment.startswith("after") else b"old")
    assert list(store.list()) == ["files/key"]
    store.remove_leftovers(older_than=3600)
    left = list(store.root.rglob(".tmp-*"))
    assert len(left) == (0 if moment.startswith("after") else 1), "it may be one that lives"
    store.remove_leftovers(older_than=-1)
    assert list(store.root.rglob(".tmp-*")) == []
    assert list(store.list()) == ["files/key"]


#: Puts more than the process may write, as on a full disk.
FILLS = """
import resource, signal, sys
from pathlib import Path
from core.store.files import FileStore

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    FileStore(Path(sys.argv[1])).put("key", b"x" * 5000)
except OSError as error:
    print(type(error).__name__)
"""


def test_a_full_disk_is_an_error_and_leaves_the_old_bytes_alone(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put("key", b"old")
    done = subprocess.run(
        [sys.executable, "-c", FILLS, str(tmp_path)],
        cwd=REPOSITORY, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.strip() == "OSError"
    assert store.get("key") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where a folder should be")
    with pytest.raises(OSError, match="files"):
        FileStore(tmp_path).put("files/key", b"")


@pytest.mark.parametrize("make", [FileStore, lambda folder: MemoryStore()])
def test_removing_leftovers_where_there_are_none_is_no_error(make: object, tmp_path: Path) -> None:
    store: Store = make(tmp_path / "none")  # type: ignore[operator]
    store.remove_leftovers(older_than=-1)
    store.put("key", b"x")
    store.remove_leftovers(older_than=-1)
    assert store.get("key") == b"x"


def test_processes_that_put_the_same_key_leave_one_of_theirs(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from core.store.files import FileStore\n"
        "for _ in range(30): FileStore(Path(sys.argv[1])).put('key', sys.argv[2].encode() * 50000)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), letter], cwd=REPOSITORY)
        for letter in "abc"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert FileStore(tmp_path).get("key") in [letter * 50_000 for letter in (b"a", b"b", b"c")]
    assert os.listdir(tmp_path) == ["key"]


def test_a_web_server_of_another_user_reads_what_a_careful_operator_wrote(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        FileStore(tmp_path / "public").put("files/ab/wheel", b"wheel")
    finally:
        os.umask(before)
    path = tmp_path / "public" / "files" / "ab" / "wheel"
    assert path.stat().st_mode & 0o777 == 0o644
    folders = [parent for parent in path.parents if tmp_path in parent.parents]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o755}
