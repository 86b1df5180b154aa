"""Whose project this is, and whether its environment was made here: asked before anything runs.

A cloned repository may hold a ``.lumos/env`` that somebody else filled, with a stamp that fits the
lock file. What makes an environment ours is therefore kept outside the project, in the user's own
state folder: a record for each project with the time of the last change of every folder in the
environment. Replacing, adding, renaming or deleting a file, as version control and archives do,
changes that time of its folder, and no program can set it. Only folders are looked at, so that a
call stays fast; a file that is overwritten in place is not noticed (docs/threat-model.md).
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from lumos.client.errors import Refused
from lumos.client.files import check_folder, write_atomically
from lumos.client.project import Project

__all__ = ["check_environment", "check_owner", "made_here", "remember"]

_TRUSTED = "LUMOS_TRUSTED_PROJECTS"

_Times = dict[str, list[int]]


def check_owner(project: Project) -> None:
    """Raise :class:`Refused` for another user's project, whose files would run with our rights."""
    if os.name != "posix" or _is_trusted(project):
        return
    for path in (project.root, project.file, project.lock_file, project.folder):
        owner = os.lstat(path).st_uid if os.path.lexists(path) else os.geteuid()
        if owner != os.geteuid():
            raise Refused(
                f"{path} belongs to another user.",
                why=f"User {owner} owns it and you are user {os.geteuid()}: what its owner puts "
                "there would run with your rights.",
                hint=f"If you trust its owner: export {_TRUSTED}={project.root}",
            )


def check_environment(project: Project) -> None:
    """Raise :class:`Refused` where the project's environment must not run."""
    check_owner(project)
    check_folder(project.folder)
    if not os.path.lexists(project.environment) or _is_trusted(project) or made_here(project):
        return
    raise Refused(
        ".lumos/env was not made here, or was changed since.",
        why="An environment that came with a clone, or in which files were replaced, can hold "
        "anything; nothing of it was run.",
        hint="lumos install makes it anew. For an image that you built and trust: "
        f"export {_TRUSTED}={project.root}",
    )


def made_here(project: Project) -> bool:
    """Whether the environment is as this user's last install in this folder left it."""
    try:
        folders = json.loads(_record(project).read_text("utf-8"))["folders"]
        return bool(folders) and folders == _times(project.environment, list(folders))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(project: Project) -> None:
    """Keep what the environment looks like now: it was just made."""
    root = os.fspath(project.environment)
    names = [os.path.relpath(folder, root) for folder, _, _ in os.walk(root)]
    record = {"project": os.fspath(project.root), "folders": _times(project.environment, names)}
    write_atomically(_record(project), json.dumps(record), mode=0o600)


def _times(environment: Path, names: list[str]) -> _Times:
    """When each folder was changed; a new one changes the folder that it lies in."""
    root = os.fspath(environment)
    found = ((name, os.lstat(os.path.join(root, name))) for name in names)  # noqa: PTH118 (speed)
    return {name: [status.st_ctime_ns, status.st_mtime_ns] for name, status in found}


def _is_trusted(project: Project) -> bool:
    """Whether the user named this folder, or one above it, or ``*``, in the environment."""
    named = os.environ.get(_TRUSTED, "").split(os.pathsep)
    return "*" in named or any(each and project.root.is_relative_to(each) for each in named)


def _record(project: Project) -> Path:
    name = hashlib.sha256(os.fsencode(project.root)).hexdigest()
    return _state_root() / "environments" / f"{name}.json"


def _state_root() -> Path:
    """``LUMOS_STATE_DIR``, else the platform's folder for what programs keep of a user."""
    named = os.environ.get("LUMOS_STATE_DIR")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_state_path

    return user_state_path("lumos", appauthor=False)
