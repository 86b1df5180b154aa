"""Runs the child processes of a build: with a timeout and without the user's token."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from itertools import dropwhile
from pathlib import Path

from lumos.client.errors import LumosError

__all__ = ["run_child", "tail"]

_TIMEOUT = 300


def run_child(
    command: Sequence[str | Path], *, cwd: Path, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command and capture its output; ``text`` is its stdin.

    Raises :class:`LumosError` after five minutes. A failed command does not raise.
    """
    environment = {name: value for name, value in os.environ.items() if name != "LUMOS_TOKEN"}
    try:
        return subprocess.run(  # noqa: S603  (a list, no shell)
            [os.fspath(part) for part in command],
            cwd=cwd,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LumosError(
            "The build took too long.",
            why=f"It was stopped after {_TIMEOUT} seconds.",
            hint="Check whether importing the tool starts work that does not end.",
        ) from error


def tail(text: str) -> str:
    """The last lines of a program's output; for a Python traceback only the exception."""
    _, traced, after = text.rpartition("Traceback (most recent call last):\n")
    ending = dropwhile(lambda line: line[:1] in ("", " "), after.splitlines())
    text = ("\n".join(ending) if traced else "") or text
    return "\n".join(line for line in text.strip().splitlines()[-12:] if line.strip())
