"""Build the packages in this repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


class BuildError(Exception):
    """The build failed; the message ends with hatchling's output."""


def build_wheel(project: Path, target: Path) -> Path:
    """Build ``project`` with hatchling and return the path of the wheel in ``target``.

    Wheels that are already in ``target`` are removed first. Raises BuildError.
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
        raise BuildError(f"Building {project.name} failed: {built.stderr.strip()[-300:]}")
    return next(iter(target.glob("*.whl")))
