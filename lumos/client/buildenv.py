"""An environment with a tool's dependencies, for generating its functions.json."""

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
    """Folders for ``sys.path``: from the project's ``.venv``, otherwise a cached environment.

    The cached environment has the dependencies from the registry's ``/simple/`` and the user's
    Python index. The list is empty for a tool without dependencies.
    """
    if not project.requirements:
        return []
    own = project.root / ".venv"
    if pythonenv.python_of(own).exists():
        return [pythonenv.site_packages_of(own)]
    return [pythonenv.site_packages_of(_cached(project))]


def uv_command() -> list[str | Path]:
    """The start of a uv command; raises :class:`UsageError` if uv is not installed."""
    uv = pythonenv.find_uv()
    if uv is None:
        raise UsageError(
            "uv is needed to build with this backend.",
            why="uv creates the environment in which the backend runs.",
            hint="pip install uv",
        )
    return [uv]


def _cached(project: ToolProject) -> Path:
    transport = Transport()
    key = "\n".join([platform.python_version(), transport.root, *sorted(project.requirements)])
    target = cache_root() / "build" / hashlib.sha256(key.encode()).hexdigest()[:24]
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=target.parent))
    try:
        pythonenv.create(folder)
        pythonenv.install_from_index(
            folder, project.requirements, index=_simple_index(transport, project)
        )
        folder.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def _simple_index(transport: Transport, project: ToolProject) -> str:
    """The URL of the registry's index if it lists one of the requirements, otherwise empty.

    If the registry cannot be reached, this raises: the requirement could be a tool, and somebody
    else could own its name on the Python index. Popular packages can never be tools.
    """
    for requirement in project.requirements:
        name = _distribution(requirement)
        if is_popular(name):
            continue
        response = transport.send("GET", f"/simple/{name}/", retry=False, seconds=5.0)
        if response.status_code == 200:
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
            hint='Write it in pyproject.toml like this: "name>=1.0,<2"',
        ) from error
