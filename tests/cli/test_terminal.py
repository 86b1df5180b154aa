"""What only a person at a terminal meets: questions, and answers that count."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from tests.cli.conftest import BASE, Shell
from tests.cli.registry import StaticRegistry

RISKY = """schema = 1
title = "Hello"
category = "utility"
permissions = ["system-command"]
[functions.hello]
entry = "demo_hello:hello"
read_only = true
"""


def at_a_terminal(shell: Shell, *arguments: str, answer: str) -> tuple[int, str]:
    """Run the command on a terminal, type ``answer`` when it asks; returns exit code and words."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lumos.cli", *arguments],
        cwd=shell.folder,
        env={**BASE, **shell.environment, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 4096):
            said += chunk
            if said.endswith(b"[y/N]: "):
                os.write(ours, answer.encode() + b"\n")
    except OSError:  # the other side has closed the terminal
        pass
    finally:
        os.close(ours)
    return process.wait(20), said.decode()


@pytest.mark.parametrize(("answer", "code"), [("n", 4), ("y", 0)])
def test_a_permission_of_high_risk_is_asked_about(
    project: Shell, registry: StaticRegistry, answer: str, code: int
) -> None:
    registry.publish("demo/hello", manifest=RISKY)
    ended, said = at_a_terminal(project, "add", "tool", "demo/hello", answer=answer)
    assert ended == code
    assert "high risk" in said
    assert "\x1b[" in said
    assert (project.folder / "lumos.lock").exists() == (code == 0)


def test_yes_is_not_asked_again(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello", manifest=RISKY)
    ended, said = at_a_terminal(project, "add", "tool", "demo/hello", "--yes", answer="n")
    assert ended == 0
    assert "[y/N]" not in said
