"""The commands that `make run` prints work as they stand, in another terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.machine import Machine

pytestmark = pytest.mark.slow
GREET = (
    "import django; django.setup();"
    "from config import prepare; prepare.migrate(); prepare.make_accounts();"
    "from config.management.commands.run import _greeting; print(_greeting())"
)


def test_the_printed_token_command_finds_the_marketplace_from_another_folder(
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path / "with a space")
    machine.data.mkdir(parents=True)
    greeting = machine.run(sys.executable, "-c", GREET)
    assert f"export LUMOS_REGISTRY={machine.url}\n" in greeting
    exported = re.search(r"export LUMOS_TOKEN=.*", greeting)
    assert exported
    said = subprocess.run(
        ["sh", "-c", f'{exported[0]}; echo "$LUMOS_TOKEN"'],
        cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert re.fullmatch(r"lmt_\w{38}\n", said.stdout), said.stderr


def test_a_token_from_where_no_marketplace_is_says_what_to_set(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "issue_token", "demo@example.com", "--scope", "publish"],
        cwd=settings.BASE_DIR, env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "set DATA_DIR" in done.stderr
    assert "Traceback" not in done.stderr
