"""The parts that the layers are made of."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from sandbox import Limits, cgroup, interpreter, seccomp
from sandbox.contents import plan_for
from sandbox.layers import Descriptors, make_readable
from sandbox.report import storable
from sandbox.supervisor import parse


def argv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int) -> list[str]:
    plan = plan_for(tmp_path, None, interpreter(), Limits())
    monkeypatch.setattr(os, "geteuid", lambda: user)
    return plan.argv(Descriptors(seccomp=5, info=6))


def test_an_ordinary_user_starts_bubblewrap_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = argv(tmp_path, monkeypatch, 1000)
    assert found[:5] == [
        "bwrap",
        "--unshare-user",
        "--unshare-all",
        "--disable-userns",
        "--die-with-parent",
    ]
    assert found.index("prlimit") > found.index("--seccomp")
    assert "--share-net" not in found
    assert "--bind" not in found, "nothing outside may be writable"


def test_root_drops_to_nobody_known_before_bubblewrap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = argv(tmp_path, monkeypatch, 0)
    assert found[:5] == ["unshare", "--mount", "--propagation", "private", "--"]
    drop, inside = found.index("setpriv"), found.index("bwrap")
    assert drop < inside
    user = next(each for each in found if each.startswith("--reuid="))
    assert 61184 <= int(user.removeprefix("--reuid=")) < 65519
    assert "--no-new-privs" in found[drop:inside]


def test_paths_with_odd_names_stay_one_word_in_the_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / 'it\'s; touch $(id) "x"'
    odd.mkdir()
    script = argv(odd, monkeypatch, 0)[7]
    assert "touch $(id)" in script
    assert f"mount -n --bind -o ro {shlex.quote(str(odd))} " in script


def test_the_filter_names_every_call_once_and_differs_for_loopback() -> None:
    assert len(seccomp.REFUSED) >= 60
    assert len(seccomp.program()) % 8 == 0
    assert seccomp.program() != seccomp.program(True)


def test_a_tree_is_made_readable_without_following_links(tmp_path: Path) -> None:
    secret, tree = tmp_path / "secret", tmp_path / "tree"
    secret.write_text("x")
    secret.chmod(0o600)
    (tree / "inner").mkdir(parents=True, mode=0o700)
    (tree / "inner" / "file").write_text("x")
    (tree / "inner" / "file").chmod(0o600)
    (tree / "link").symlink_to(secret)
    make_readable(tree)
    assert (tree / "inner" / "file").stat().st_mode & 0o777 == 0o644
    assert (tree / "inner").stat().st_mode & 0o777 == 0o755
    assert secret.stat().st_mode & 0o777 == 0o600


def tree_of_version_2(folder: Path, controllers: str) -> Path:
    """A machine with control groups of version 2, whose worker lies in /lumos.slice/worker."""
    group = folder / "cgroup" / "lumos.slice" / "worker"
    group.mkdir(parents=True)
    for each in (group, group.parent):
        (each / "cgroup.subtree_control").write_text(controllers)
    proc = folder / "proc"
    proc.mkdir()
    (proc / "cgroup").write_text("0::/lumos.slice/worker\n")
    point = folder / "cgroup"
    (proc / "mountinfo").write_text(f"30 24 0:26 / {point} rw - cgroup2 cgroup2 rw\n")
    return proc


def test_with_version_2_a_group_is_made_beside_our_own(tmp_path: Path) -> None:
    proc = tree_of_version_2(tmp_path, "cpu memory pids")
    slice_ = tmp_path / "cgroup" / "lumos.slice"
    found = cgroup.hierarchies(proc)
    assert found == [cgroup.Hierarchy(slice_, 2), cgroup.Hierarchy(slice_ / "worker", 2)]


def test_with_version_2_the_controller_is_asked_for(tmp_path: Path) -> None:
    proc = tree_of_version_2(tmp_path, "cpu")
    assert cgroup.hierarchies(proc)[0].version == 2
    control = tmp_path / "cgroup" / "lumos.slice" / "cgroup.subtree_control"
    assert control.read_text() == "+memory"


def test_with_version_1_a_group_is_made_below_our_own(tmp_path: Path) -> None:
    group = tmp_path / "memory" / "own"
    group.mkdir(parents=True)
    proc = tmp_path / "proc"
    proc.mkdir()
    (proc / "cgroup").write_text("4:memory:/own\n1:cpu:/\n0::/\n")
    (proc / "mountinfo").write_text(
        f"30 24 0:26 / {tmp_path / 'cpu'} rw - cgroup cgroup rw,cpu\n"
        f"31 24 0:27 / {tmp_path / 'memory'} rw - cgroup cgroup rw,memory\n"
    )
    assert cgroup.hierarchies(proc) == [cgroup.Hierarchy(group, 1)]


def test_a_real_group_bounds_counts_and_goes(tmp_path: Path) -> None:
    group = cgroup.make_group(64 << 20)
    if group is None:
        pytest.skip("this process may not make a memory group")
    try:
        assert group.kills == 0
        assert group.path.is_dir()
    finally:
        group.remove()
    assert not group.path.exists()


def test_groups_of_a_killed_worker_are_swept(tmp_path: Path) -> None:
    stale = tmp_path / "lumos-sandbox-999999999.1-0"
    own = tmp_path / f"lumos-sandbox-{cgroup.owner_name(os.getpid())}-0"
    stale.mkdir()
    own.mkdir()
    cgroup.sweep(tmp_path)
    assert not stale.exists()
    assert own.exists()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id": "b", "ok": true}',
        b'{"id": "a", "ok": true, "value": NaN}',
        b'{"id": "a", "ok": true, "value": -Infinity}',
        b'{"id": "a", "ok": true, "value": "\\ud800"}',
        b'{"id": "a", "ok": true, "value": ' + b"[" * 150 + b"]" * 150 + b"}",
        b'{"id": "a", "ok": true, "value": ' + b"[" * 100_000,
        b'{"id": "a", "ok": true, "value": ' + b"1" * 5000 + b"}",
        '{"id": "a", "ok": true}'.encode("utf-16"),
        b"\xff\xfe",
    ],
)
def test_an_answer_that_is_not_one_is_garbage(line: bytes) -> None:
    assert parse(line, "a", 0.0).failure == "garbage"


def test_a_pair_of_surrogates_is_a_character() -> None:
    found = parse(b'{"id": "a", "ok": true, "value": "\\ud83d\\ude00"}', "a", 0.0)
    assert (found.answer or {})["value"] == "\U0001f600"


def test_nul_is_replaced_where_it_would_be_stored() -> None:
    assert storable({"a\0": ["\0", {"b": "c\0"}]}) == {"a\ufffd": ["\ufffd", {"b": "c\ufffd"}]}
