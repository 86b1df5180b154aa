"""What killed workers leave behind is removed; what living ones use is not."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from django.conf import settings

from publishing.cleanup import remove_orphan_uploads
from sandbox import cgroup


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


def test_folders_of_killed_workers_go_and_those_in_use_stay(db: None, own_folders: Path) -> None:
    old, young = own_folders / "tmp/lumos-old", own_folders / "tmp/lumos-young"
    for folder in (old, young):
        (folder / "tool").mkdir(parents=True)
    long_ago = time.time() - 2 * settings.JOB_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    remove_orphan_uploads()
    assert not old.exists()
    assert young.exists()
