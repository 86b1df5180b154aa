"""`lumos publish` ends as the publication does, so that a build server can tell what happened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BASE, ROOT, Shell
from tests.package.wheels import MANIFEST, build_wheel
from tests.support.machine import Machine

pytestmark = [pytest.mark.slow("site"), pytest.mark.sandbox]


@pytest.fixture(scope="module")
def shell(site: Machine, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Alice's terminal."""
    folder = tmp_path_factory.mktemp("alice")
    return Shell(
        folder,
        {
            "LUMOS_REGISTRY": site.url, "LUMOS_TOKEN": site.alice.token, "NO_COLOR": "1",
            "HOME": str(folder), "PYTHONPATH": str(ROOT),
        },
    )  # fmt: skip


def failing(tmp_path: Path) -> Path:
    """A wheel whose example promises what the function does not do."""
    words = {"package": "demo_wrong", "function": "wrong", "title": "Wrong"}
    manifest = MANIFEST.format(**words).replace("Hello Ada", "Goodbye Ada")
    return build_wheel(tmp_path, tool="demo/wrong", manifest=manifest)


def test_what_is_live_ends_with_0(shell: Shell, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, tool="demo/right")
    assert shell.process("publish", str(wheel), "--dry-run", "--json").json["state"] == "passed"
    ran = shell.process("publish", str(wheel))
    assert "is live" in ran.err
    assert "lumos add tool demo/right" in ran.err


def test_what_is_rejected_ends_with_4_and_says_what_comes_next(
    shell: Shell, tmp_path: Path
) -> None:
    ran = shell.process("publish", str(failing(tmp_path)), code=4)
    assert "was rejected" in ran.err
    assert "Next: fix" in ran.err
    shell.process("publish", str(failing(tmp_path)), "--dry-run", code=4)


def test_what_is_held_ends_with_7_and_says_what_comes_next(shell: Shell, tmp_path: Path) -> None:
    elsewhere = {"Requires-Python": f">=3.11,!=3.{sys.version_info.minor}.*"}
    wheel = build_wheel(tmp_path, tool="demo/later", metadata=elsewhere)
    ran = shell.process("publish", str(wheel), "--json", code=7)
    assert ran.json["state"] == "held"
    assert "is held for review" in ran.err
    assert "Next: wait" in ran.err
    assert "7    the publication is held for review" in shell.process("--help").out


def test_what_the_door_refuses_ends_with_4_before_anything_is_stored(
    shell: Shell, tmp_path: Path
) -> None:
    wheel = build_wheel(tmp_path, tool="stranger/right")
    ran = shell.process("publish", str(wheel), code=4)
    assert [line.split()[0] for line in ran.err.splitlines()][:3] == ["error", "why", "try"]


def test_login_keeps_no_token_that_the_marketplace_refuses(shell: Shell, tmp_path: Path) -> None:
    own = {**BASE, **shell.environment, "LUMOS_TOKEN": "", "LUMOS_CONFIG_DIR": str(tmp_path)}
    own["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

    def login(token: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lumos.cli", "login"]
        return subprocess.run(
            command, cwd=tmp_path, env=own, input=f"{token}\n", capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    refused = login("lmt_wrong")
    assert refused.returncode == 4
    assert "lmt_wrong" not in refused.stdout + refused.stderr
    assert not list(tmp_path.iterdir())
    kept = login(shell.environment["LUMOS_TOKEN"])
    assert kept.returncode == 0, kept.stderr
    assert shell.environment["LUMOS_TOKEN"] not in kept.stdout + kept.stderr
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]
