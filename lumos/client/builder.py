"""``lumos build``: generates functions.json, builds the wheel and checks it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lumos.client.buildenv import uv_command
from lumos.client.children import run_child, tail
from lumos.client.describing import in_project, write_functions
from lumos.client.errors import LumosError
from lumos.client.toolproject import ToolProject
from lumos.package.findings import PackageRefused
from lumos.package.wheel import Wheel, read_wheel

__all__ = ["Built", "build"]

_HATCHLING = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """A built wheel, and the changes to functions.json (empty if it was up to date)."""

    path: Path
    wheel: Wheel
    functions_changed: tuple[str, ...]


def build(project: ToolProject, report: Report) -> Built:
    """Build the tool's wheel into ``dist/``.

    Raises :class:`PackageRefused` with findings whose files are paths of the project, and
    :class:`LumosError` if the build fails.
    """
    report(f"Generating functions.json of {project.tool}")
    changed = write_functions(project)
    report(f"Building the wheel with {project.backend}")
    path = _build_wheel(project)
    try:
        wheel = read_wheel(path, filename=path.name)
    except PackageRefused as error:
        raise PackageRefused(map(in_project(project), error.findings)) from error
    return Built(path, wheel, tuple(changed))


def _build_wheel(project: ToolProject) -> Path:
    """Build into ``dist/``. hatchling is a dependency of lumos and runs without a download."""
    dist = project.root / "dist"
    dist.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=dist, prefix=".build-") as folder:
        if project.backend == "hatchling.build" and not _build_requirements(project):
            command: list[str | Path] = [sys.executable, "-P", "-c", _HATCHLING, folder]
        else:
            command = [*uv_command(), "build", "--wheel", "--quiet", "--out-dir", folder]
        done = run_child(command, cwd=project.root)
        wheels = sorted(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            raise LumosError(
                f"{project.backend} could not build the wheel.",
                why=tail(done.stderr or done.stdout) or "The backend made no wheel.",
                hint="Fix the error, usually in pyproject.toml, and build again.",
            )
        return Path(shutil.move(wheels[0], dist / wheels[0].name))


def _build_requirements(project: ToolProject) -> list[str]:
    """The build requirements other than hatchling."""
    required = project.data.get("build-system", {}).get("requires", [])
    return [text for text in required if not str(text).startswith("hatchling")]
