"""The sandbox of an ordinary user, and the end of a supervisor that is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import mcp
import pytest

from tests.sandbox.support import copied, left_running

pytestmark = pytest.mark.sandbox
REPOSITORY = Path(__file__).resolve().parents[2]
LIBRARIES = Path(mcp.__file__).parents[1]
USER = 60_123
PROGRAM = """
import dataclasses, json, sys
from pathlib import Path
from sandbox import status
from tests.sandbox.support import TIGHT, example, run
limits = dataclasses.replace(TIGHT, wall_seconds=10)
examples = [example(name) for name in sys.argv[2:]]
report = run(Path(sys.argv[1]), "acme_attacker", examples, limits=limits)
print(json.dumps([status().as_dict(), report.as_dict()]))
"""


def python_of_everybody() -> str:
    """A Python that an ordinary user can start, of this one's version."""
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for name in ("/usr/bin/python3", "/usr/local/bin/python3"):
        if Path(name).exists():
            told = subprocess.run([name, "--version"], capture_output=True, text=True, check=True)
            if told.stdout.split()[1].startswith(wanted + "."):
                return name
    pytest.skip(f"no Python {wanted} that an ordinary user can start")


def as_user(command: list[str], home: Path) -> list[str]:
    """``command`` as an ordinary user, if this is root."""
    if os.geteuid() != 0:
        return command
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is missing")
    drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return [*drop, "--inh-caps=-all", "--bounding-set=-all", "--", *command]


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{REPOSITORY}:{LIBRARIES}",
    }


def test_an_ordinary_user_has_the_same_sandbox(sandbox: None, tmp_path: Path) -> None:
    python = python_of_everybody() if os.geteuid() == 0 else sys.executable
    home = tmp_path / "home"
    home.mkdir()
    package = copied("attacker", home)
    if os.geteuid() == 0:
        for path in (home, *home.rglob("*")):
            os.chown(path, USER, USER)
        for parent in (tmp_path, *tmp_path.parents):
            if parent.stat().st_mode & 0o001 == 0:
                parent.chmod(parent.stat().st_mode | 0o011)
    attacks = ["kill_all", "many_files", "shared_memory_bomb", "daemonise", "fine", "lookups"]
    command = as_user([python, "-c", PROGRAM, str(package), *attacks], home)
    done = subprocess.run(  # noqa: PLW1510 - its error is shown below
        command, env=environment(home), cwd="/", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    status, report = json.loads(done.stdout)
    assert status["available"], status
    assert all(probe["held"] for probe in status["probes"])
    found = {item["function"]: item for item in report["examples"]}
    assert found["kill_all"]["outcome"] == "crashed"
    assert "more than 500 files" in found["many_files"]["message"]
    assert "together" in found["shared_memory_bomb"]["message"]
    assert "left processes running" in str(found["daemonise"]["violations"])
    assert found["fine"]["value"] == "fine"
    assert {"network:192.0.2.1", "network:example.invalid"} <= set(
        report["observed"]["permissions"]
    )
    assert report["observed"]["complete"]
    assert left_running(package) == []


def test_a_killed_supervisor_leaves_nothing_running(sandbox: None, tmp_path: Path) -> None:
    package = copied("attacker", tmp_path)
    command = [sys.executable, "-c", PROGRAM, str(package), "sleep_forever"]
    supervisor = subprocess.Popen(command, env=environment(tmp_path), cwd="/")
    try:
        until = time.monotonic() + 20
        while len(left_running(package)) < 4 and time.monotonic() < until:
            time.sleep(0.02)
        assert left_running(package)
    finally:
        supervisor.send_signal(signal.SIGKILL)
        supervisor.wait()
    until = time.monotonic() + 5
    while left_running(package) and time.monotonic() < until:
        time.sleep(0.05)
    assert left_running(package) == []
