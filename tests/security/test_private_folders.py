"""What other users of the machine may read of DATA_DIR: the public tree, and nothing else."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from django.conf import settings

CODE = """
import django; django.setup()
from config import prepare
from core.store import private_store, public_store
prepare.make_folders(); prepare.migrate(); prepare.make_accounts(); prepare.open_index()
public_store().put("index/demo/hello.json", b"{}")
private_store().put("uploads/one.whl", b"secret")
"""


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _readable_by_others(root: Path) -> set[str]:
    """Files that somebody of another group can reach and read."""
    found = set()
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if _mode(Path(folder, name)) & 0o001]
        found |= {
            str(Path(folder, name).relative_to(root))
            for name in files
            if _mode(Path(folder, name)) & 0o004
        }
    return found


def test_others_read_the_public_tree_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o777)
    (data / "db.sqlite3").touch(mode=0o644)  # of an earlier version
    subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(data),
        },
        check=True,
        umask=0o022,
    )
    assert _mode(data) == 0o711
    for name in ("db.sqlite3", "secret_key", "demo_password"):
        assert _mode(data / name) == 0o600, name
    for name in ("tmp", "private", "search", "stamps"):
        assert _mode(data / name) == 0o700, name
    readable = _readable_by_others(data)
    assert {"public/index/demo/hello.json", "public/index/config.json"} <= readable
    assert {name for name in readable if not name.startswith("public/")} <= {"worker.lock"}
