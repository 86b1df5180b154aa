"""The Python interpreters of this machine that a sandbox can use."""

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
#: Folders of version managers, and the pattern of an installed version's folder.
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
        """The folders that a sandbox must mount to start it."""
        names = ("bin", "lib", "lib64")
        folders = [self.prefix / name for name in names]
        folders = [path for path in folders if path.is_dir() and not path.is_symlink()]
        inside = any(self.executable.is_relative_to(path) for path in folders)
        return tuple(folders if inside else [*folders, self.executable])


@functools.cache
def interpreter(python: str | None = None) -> Interpreter:
    """The base interpreter behind ``python`` (a command or a path; default: this one).

    Raises ValueError with advice if it cannot be started.
    """
    command = python or sys.executable
    try:
        answer = subprocess.run(  # noqa: S603 - the operator's own interpreter
            [command, "-I", "-S", "-c", QUESTION],
            capture_output=True,
            check=True,
            timeout=30,
            text=True,
            start_new_session=True,  # else a worker that is stopped ends it, too
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
    by_version = {own.minor: own for own in [interpreter()]}
    for version in versions:
        for command in _commands(version):
            if version in by_version:
                break
            try:
                candidate = interpreter(command)
            except ValueError:
                continue
            if candidate.minor == version:
                by_version[version] = candidate
    return tuple(by_version[version] for version in versions if version in by_version)


def _commands(version: str) -> Iterator[str]:
    """Candidates for Python ``version``: on the PATH, then in the folders of version managers.

    The folders are needed because a manager's shim on the PATH starts only activated versions.
    """
    if command := shutil.which(f"python{version}"):
        yield command
    for folder, pattern in MANAGED:
        for path in sorted(folder.glob(pattern.format(version=version)), reverse=True):
            yield str(path / "bin" / f"python{version}")
