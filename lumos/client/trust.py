"""Checks that this user owns the project and created its environment, before any of it runs.

A cloned repository may contain a ``.lumos/env`` that matches the lock file but holds other code.
Therefore an install records, in the user's state folder outside the project, the change time
(ctime) of every folder in the environment. Replacing, adding, renaming or deleting a file, as
version control and archives do, changes the ctime of its folder, and no program can set it. Only
folders are checked, to keep a call fast: a file that is overwritten in place is not detected
(docs/threat-model.md).
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from lumos.client.errors import Refused
from lumos.client.files import check_folder, write_atomically
from lumos.client.project import Project

__all__ = ["check_environment", "check_owner", "is_ours", "remember"]

_TRUSTED = "LUMOS_TRUSTED_PROJECTS"

_Times = dict[str, list[int]]


def check_owner(project: Project) -> None:
    """Raise :class:`Refused` for another user's project: its code would run with our rights."""
    if os.name != "posix" or _is_trusted(project):
        return
    for path in (project.root, project.file, project.lock_file, project.folder):
        owner = os.lstat(path).st_uid if os.path.lexists(path) else os.geteuid()
        if owner != os.geteuid():
            raise Refused(
                f"{path} belongs to another user.",
                why=f"User {owner} owns it and you are user {os.geteuid()}. Its code would run "
                "with your rights.",
                hint=f"If you trust its owner: export {_TRUSTED}={project.root}",
            )


def check_environment(project: Project) -> None:
    """Raise :class:`Refused` if code of the project's environment must not run."""
    check_owner(project)
    check_folder(project.folder)
    if not os.path.lexists(project.environment) or _is_trusted(project) or is_ours(project):
        return
    raise Refused(
        ".lumos/env was not created here, or was changed afterward.",
        why="An environment from a clone, or one with replaced files, can contain any code. "
        "Nothing in it was run.",
        hint="To create it again: lumos install. For an image that you built and trust: "
        f"export {_TRUSTED}={project.root}",
    )


def is_ours(project: Project) -> bool:
    """Whether the environment is unchanged since this user's last install in this folder."""
    try:
        folders = json.loads(_record(project).read_text("utf-8"))["folders"]
        return bool(folders) and folders == _times(project.environment, list(folders))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(project: Project) -> None:
    """Record the state of the environment, directly after it was created."""
    root = os.fspath(project.environment)
    names = [os.path.relpath(folder, root) for folder, _, _ in os.walk(root)]
    record = {"project": os.fspath(project.root), "folders": _times(project.environment, names)}
    write_atomically(_record(project), json.dumps(record), mode=0o600)


def _times(environment: Path, names: list[str]) -> _Times:
    """The ctime and mtime of each folder; a new folder changes those of its parent."""
    root = os.fspath(environment)
    statuses = ((name, os.lstat(os.path.join(root, name))) for name in names)  # noqa: PTH118 (speed)
    return {name: [status.st_ctime_ns, status.st_mtime_ns] for name, status in statuses}


def _is_trusted(project: Project) -> bool:
    """Whether LUMOS_TRUSTED_PROJECTS has this folder, a parent of it, or ``*``."""
    trusted = os.environ.get(_TRUSTED, "").split(os.pathsep)
    return "*" in trusted or any(root and project.root.is_relative_to(root) for root in trusted)


def _record(project: Project) -> Path:
    name = hashlib.sha256(os.fsencode(project.root)).hexdigest()
    return _state_root() / "environments" / f"{name}.json"


def _state_root() -> Path:
    """``LUMOS_STATE_DIR``, otherwise the platform's state folder for lumos."""
    named = os.environ.get("LUMOS_STATE_DIR")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_state_path

    return user_state_path("lumos", appauthor=False)
