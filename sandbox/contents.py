"""Which files of a tool a sandbox mounts, and at which paths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lumos.package
from sandbox.interpreter import Interpreter
from sandbox.layers import INSIDE, Mount, Plan, make_readable
from sandbox.limits import Limits

RUNTIME = Path(lumos.package.__file__).parents[1] / "runtime"
PACKAGE = INSIDE / "package"
DEPENDENCIES = INSIDE / "dependencies"
FILES = INSIDE / "files"
RUNNER = INSIDE / "runner"


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """One example to run. ``arguments`` are the function's input as JSON, in which ``{http}``
    is replaced by the replay server's URL; ``files`` are copied into the working folder (name
    inside, path outside); ``http`` is the recording, as parsed JSON, or None.
    """

    function: str
    title: str
    arguments: dict[str, Any]
    files: Sequence[tuple[str, Path]] = ()
    http: list[Any] | None = None


def plan_for(
    package_dir: Path,
    dependencies_dir: Path | None,
    interpreter: Interpreter,
    limits: Limits,
    *,
    paths: Sequence[Path] = (),
    mounts: Iterable[Mount] = (),
) -> Plan:
    """Plan a sandbox whose runner imports from ``package_dir``, then ``dependencies_dir``.

    ``paths`` (inside) replaces that order. As root, the two folders are made readable for every
    user, because the tool runs as a user without any rights.
    """
    shown = [Mount(package_dir.resolve(), PACKAGE), Mount(RUNTIME / "runner", RUNNER)]
    shown.append(Mount(Path(__file__).with_name("listen.py"), INSIDE / "listen.py"))
    if dependencies_dir:
        shown.append(Mount(dependencies_dir.resolve(), DEPENDENCIES))
    if os.geteuid() == 0:
        for folder in filter(None, (package_dir, dependencies_dir)):
            make_readable(folder)
    command = [str(RUNNER), "--max-answer", str(limits.output_bytes)]
    for path in paths or import_paths(dependencies_dir):
        command += ["--path", str(path)]
    return Plan(interpreter, [*shown, *mounts], command, limits)


def import_paths(dependencies_dir: Path | None) -> list[Path]:
    """The import paths of the tool, inside the sandbox."""
    return [PACKAGE, *([DEPENDENCIES] if dependencies_dir else [])]


def place_files(
    examples: Iterable[ExampleRun], package_dir: Path
) -> tuple[dict[Path, Path], list[Mount]]:
    """The paths of the examples' files inside, and the mounts for files outside the package.

    Raises ValueError for a name that leads out of the working folder.
    """
    package = package_dir.resolve()
    places: dict[Path, Path] = {}
    mounts: list[Mount] = []
    for example in examples:
        for name, path in example.files:
            check_name(name)
            source = path.resolve()
            if source.is_relative_to(package):
                places[path] = PACKAGE / source.relative_to(package)
            elif path not in places:
                places[path] = FILES / str(len(places))
                mounts.append(Mount(source, places[path]))
    return places, mounts


def check_name(name: str) -> None:
    """Raise ValueError for a file name that leads out of the working folder."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"The example's file {name!r} must lie inside the working folder.")
