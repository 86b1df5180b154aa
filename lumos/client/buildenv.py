"""Where a tool's dependencies can be imported from while its functions are described."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
from pathlib import Path

from lumos.client import pythonenv
from lumos.client.cache import cache_root
from lumos.client.errors import UsageError
from lumos.client.toolproject import ToolProject
from lumos.client.transport import Transport
from lumos.package.names.tools import canonical, is_popular

__all__ = ["import_folders", "uv_command"]


def import_folders(project: ToolProject) -> list[Path]:
    """Folders for ``sys.path``: the project's own ``.venv``, else a cached environment.

    The cached one is filled with the dependencies from the registry's ``/simple/`` and the user's
    Python index. A tool without dependencies needs neither.
    """
    if not project.requirements:
        return []
    own = project.root / ".venv"
    if pythonenv.python_of(own).exists():
        return [pythonenv.site_packages_of(own)]
    return [pythonenv.site_packages_of(_cached(project))]


def uv_command() -> list[str | Path]:
    """uv, which builds with any backend; raises :class:`UsageError` where it is missing."""
    uv = pythonenv.find_uv()
    if uv is None:
        raise UsageError(
            "uv is needed to build with this backend.",
            why="It makes the environment in which the backend runs.",
            hint="pip install uv",
        )
    return [uv]


def _cached(project: ToolProject) -> Path:
    transport = Transport()
    key = "\n".join([platform.python_version(), transport.root, *sorted(project.requirements)])
    place = cache_root() / "build" / hashlib.sha256(key.encode()).hexdigest()[:24]
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        pythonenv.create(folder)
        pythonenv.install_from_index(
            folder, project.requirements, index=_simple_index(transport, project)
        )
        folder.rename(place)
    except OSError:
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return place


def _simple_index(transport: Transport, project: ToolProject) -> str:
    """The registry's index if it lists one of the requirements, else nothing.

    Where the registry does not answer, a requirement could be the name of a tool, which a stranger
    may own elsewhere; only packages whose names no tool can bear are then taken from elsewhere.
    """
    for requirement in project.requirements:
        name = _distribution(requirement)
        if is_popular(name):
            continue
        answer = transport.send("GET", f"/simple/{name}/", retry=False, seconds=5.0)
        if answer.status_code == 200:
            return transport.url("/simple/")
    return ""


def _distribution(requirement: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return canonical(Requirement(requirement).name)
    except InvalidRequirement as error:
        raise UsageError(
            f'The dependency "{requirement}" cannot be read.',
            why=os.fspath(str(error)),
            hint='Write it as "name>=1.0,<2" in pyproject.toml.',
        ) from error
