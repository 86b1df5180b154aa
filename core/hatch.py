"""Build one of this repository's own projects."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


class BuildError(Exception):
    """A project of ours that does not build; the message ends with hatchling's own words."""


def build_wheel(project: Path, target: Path) -> Path:
    """Build ``project`` with hatchling into the folder ``target``; the wheel's path.

    Raises BuildError.
    """
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.whl"):
        old.unlink()
    built = subprocess.run(  # noqa: S603 - our own projects, our own interpreter
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
    )
    if built.returncode:
        raise BuildError(f"{project.name} does not build: {built.stderr.strip()[-300:]}")
    return next(iter(target.glob("*.whl")))
