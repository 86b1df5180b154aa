"""What killed workers leave behind is removed; what living ones use is not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from core import scratch
from publishing.cleanup import remove_orphan_uploads
from sandbox import cgroup
from tests.support.machine import REPOSITORY, Machine
from tests.support.waiting import wait_for


def _dead_process() -> int:
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    return process.pid


@pytest.mark.sandbox
def test_a_process_that_waits_in_the_group_of_a_dead_worker_is_ended() -> None:
    parents = [found.parent for found in cgroup.hierarchies()]
    living = cgroup.make_group(64 << 20)
    if living is None:
        pytest.skip("needs the sandbox to make memory groups")
    parent = living.path.parent
    assert parent in parents
    left = parent / f"{cgroup.PREFIX}{_dead_process()}-0"
    left.mkdir()
    waiting, working = (subprocess.Popen(["/bin/sleep", "60"]) for _ in range(2))
    try:
        (left / "cgroup.procs").write_text(str(waiting.pid))
        living.procs.write_text(str(working.pid))
        cgroup.sweep(parent)
        assert waiting.wait(5) == -9
        assert working.poll() is None, "another worker's sandbox is left alone"
    finally:
        for process in (waiting, working):
            process.kill()
            process.wait()
        living.remove()
        cgroup.sweep(parent)
    assert not left.exists()


#: Makes a scratch folder below argv[1], prints its path, and keeps it until it is killed.
KEEPS = """
import sys, time
from pathlib import Path
from core.scratch import scratch_folder

with scratch_folder("check", Path(sys.argv[1])) as folder:
    (folder / "tool").mkdir()
    print(folder, flush=True)
    time.sleep(60)
"""


@contextmanager
def _keeping(parent: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that uses a scratch folder; killed at the end at the latest."""
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPS, str(parent)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_folders_of_killed_workers_go_and_those_in_use_stay(db: None, own_folders: Path) -> None:
    parent = own_folders / "tmp"
    with _keeping(parent) as (worker, left), _keeping(parent) as (_, used):
        remove_orphan_uploads()
        assert left.is_dir(), "its worker lives"
        worker.kill()
        worker.wait()
        remove_orphan_uploads()
        assert not left.exists()
        assert (used / "tool").is_dir()
    assert list(parent.glob("lumos-*")) == [used]


def test_a_folder_whose_maker_was_killed_before_it_was_locked_goes_when_it_is_old(
    db: None, own_folders: Path
) -> None:
    old, young = own_folders / "tmp/lumos-new-a", own_folders / "tmp/lumos-new-b"
    for folder in (old, young):
        folder.mkdir(parents=True)
    long_ago = time.time() - 2 * settings.JOB_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    remove_orphan_uploads()
    assert not old.exists()
    assert young.exists()


def test_a_link_in_place_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    link = tmp_path / f"{scratch.PREFIX}check-x"
    link.symlink_to(theirs)
    scratch.remove_abandoned(tmp_path, max_age=0)
    assert link.is_symlink()
    assert theirs.is_dir()


@pytest.mark.slow
def test_a_worker_that_starts_removes_what_a_killed_one_left(machine: Machine) -> None:
    (machine.data / "tmp").mkdir(exist_ok=True)
    group = cgroup.make_group(64 << 20)
    if group is not None:
        group.remove()
        group.path.with_name(f"{cgroup.PREFIX}{_dead_process()}.1-0").mkdir()
    with _keeping(machine.data / "tmp") as (worker, left), _keeping(machine.data / "tmp") as kept:
        worker.kill()
        worker.wait()
        machine.start_workers()
        wait_for("the folder is removed", lambda: not left.exists(), 60)
        assert kept[1].is_dir()
    if group is not None:
        wait_for("no group is left", lambda: not _groups_of_the_dead(group.path.parent))


def _groups_of_the_dead(parent: Path) -> list[Path]:
    return list(parent.glob(f"{cgroup.PREFIX}*.1-0"))


@pytest.mark.sandbox
def test_a_group_goes_although_its_workers_id_was_given_to_another_process() -> None:
    living = cgroup.make_group(64 << 20)
    if living is None:
        pytest.skip("needs the sandbox to make memory groups")
    left = living.path.with_name(f"{cgroup.PREFIX}{os.getpid()}.1-0")
    left.mkdir()
    cgroup.sweep_all()
    assert not left.exists()
    assert living.path.exists()
    living.remove()
