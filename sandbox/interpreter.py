"""The Pythons of this machine that can be shown to a sandbox."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
#: Folders of version managers, and what they call an installed version there.
MANAGED = (
    (Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions", "{version}.*"),
    (Path.home() / ".local" / "share" / "uv" / "python", "cpython-{version}.*"),
)
QUESTION = (
    "import json, os, platform, sys;"
    "print(json.dumps([os.path.realpath(getattr(sys, '_base_executable', sys.executable)),"
    " sys.base_prefix, platform.python_version()]))"
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A base interpreter (never a virtual environment's), with the folder it needs."""

    executable: Path
    prefix: Path
    version: str

    @property
    def minor(self) -> str:
        """``3.12`` of ``3.12.1``."""
        return self.version.rpartition(".")[0]

    @property
    def folders(self) -> tuple[Path, ...]:
        """What a sandbox must show to start it."""
        names = ("bin", "lib", "lib64")
        found = [self.prefix / name for name in names]
        found = [path for path in found if path.is_dir() and not path.is_symlink()]
        inside = any(self.executable.is_relative_to(path) for path in found)
        return tuple(found if inside else [*found, self.executable])


@functools.cache
def interpreter(python: str | None = None) -> Interpreter:
    """The base interpreter behind ``python`` (a command or a path; default: this one).

    Raises ValueError, with what to try, where it cannot be started.
    """
    command = python or sys.executable
    try:
        answer = subprocess.run(  # noqa: S603 - the operator's own interpreter
            [command, "-I", "-S", "-c", QUESTION],
            capture_output=True,
            check=True,
            timeout=30,
            text=True,
        )
        executable, prefix, version = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise ValueError(
            f"The Python {command} does not start ({error}). Name one that runs here, "
            "for example the output of `python3 -c 'import sys; print(sys.executable)'`."
        ) from error
    return Interpreter(Path(executable), Path(os.path.realpath(prefix)), version)


@functools.cache
def interpreters(versions: tuple[str, ...] = SUPPORTED) -> tuple[Interpreter, ...]:
    """The interpreters of these versions on this machine, this process's own included."""
    found = {own.minor: own for own in [interpreter()]}
    for version in versions:
        for command in _commands(version):
            if version in found:
                break
            try:
                candidate = interpreter(command)
            except ValueError:
                continue
            if candidate.minor == version:
                found[version] = candidate
    return tuple(found[version] for version in versions if version in found)


def _commands(version: str) -> Iterator[str]:
    """Where Python ``version`` may be: on the PATH, then where version managers put theirs.

    A manager's command on the PATH starts only the versions that are switched on.
    """
    if command := shutil.which(f"python{version}"):
        yield command
    for folder, pattern in MANAGED:
        for path in sorted(folder.glob(pattern.format(version=version)), reverse=True):
            yield str(path / "bin" / f"python{version}")
