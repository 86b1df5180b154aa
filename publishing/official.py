"""Publish the official tools through the same pipeline as all others."""

from __future__ import annotations

import re
import threading
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.models import Namespace, User
from catalog.models import Release
from core.errors import DomainError
from core.hatch import BuildError, build_wheel
from lumos.package.names.tools import OFFICIAL_NAMESPACE
from publishing.models import Publication
from publishing.receive import receive
from publishing.states import State
from publishing.uploads import Upload

#: Seconds without any result after which publishing is given up.
TIMEOUT = 300.0
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of official_tools/."""

    folder: Path
    distribution: str
    version: str
    needs: frozenset[str]

    @classmethod
    def read(cls, folder: Path) -> Project:
        """Read the project's pyproject.toml."""
        table = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        names = (_NAME.match(text) for text in table.get("dependencies", []))
        needs = frozenset(name.group().lower() for name in names if name)
        return cls(folder, table["name"], table["version"], needs)

    @property
    def is_live(self) -> bool:
        """Whether this version is already published."""
        return Release.objects.filter(
            tool__distribution=self.distribution, version=self.version
        ).exists()


def publish_official(
    *, report: Callable[[str], None], stopping: threading.Event | None = None
) -> list[str]:
    """Publish the official tools that are not live yet; returns error messages.

    A tool is uploaded after its dependencies are published. Blocks until all have a result,
    ``stopping`` is set, or nothing happens for ``TIMEOUT`` seconds.
    """
    stopping = stopping or threading.Event()
    folders = sorted(path.parent for path in settings.OFFICIAL_TOOLS_DIR.glob("*/pyproject.toml"))
    waiting = [project for project in map(Project.read, folders) if not project.is_live]
    if not waiting:
        return []
    report(f"Publishing {len(waiting)} official tools through the pipeline ...")
    owner = _owner()
    failed: list[str] = []
    running: dict[str, Publication] = {}
    last_progress = time.monotonic()
    while (waiting or running) and not stopping.is_set():
        unmet = {project.distribution for project in waiting} | running.keys()
        for project in [project for project in waiting if not project.needs & unmet]:
            waiting.remove(project)
            _upload(project, owner, running, failed)
            last_progress = time.monotonic()
        if _collect(running, failed, report):
            last_progress = time.monotonic()
        elif time.monotonic() - last_progress > TIMEOUT:
            failed += [f"{name}: no result within {TIMEOUT:.0f} s" for name in running]
            break
        stopping.wait(0.2)
    return failed


def _upload(
    project: Project, owner: User, running: dict[str, Publication], failed: list[str]
) -> None:
    try:
        wheel = build_wheel(project.folder, Path(settings.DATA_DIR) / "dist" / project.distribution)
        publication, _ = receive(by=owner, upload=Upload.from_path(wheel))
        running[project.distribution] = publication
    except DomainError as error:
        failed.append(f"{project.distribution}: {error.detail} {error.suggestion}")
    except BuildError as error:
        failed.append(str(error))


def _collect(
    running: dict[str, Publication], failed: list[str], report: Callable[[str], None]
) -> bool:
    """Remove settled publications from ``running``; returns whether there were any."""
    rows = Publication.objects.in_bulk([publication.pk for publication in running.values()])
    settled = {name: rows[row.pk] for name, row in running.items() if rows[row.pk].is_settled}
    for name, publication in settled.items():
        del running[name]
        if publication.state == State.PUBLISHED:
            overall = (publication.scores or {}).get("overall")
            report(f"  {publication.tool_name} {publication.version}  overall {overall}")
        else:
            failed.append(f"{name}: {publication.state}: {' '.join(publication.reasons)}")
    return bool(settled)


def _owner() -> User:
    namespace = Namespace.objects.select_related("user").get(name=OFFICIAL_NAMESPACE)
    if namespace.user is None:
        raise LookupError("The namespace lumos has no owner. Run `manage.py run` to create it.")
    return namespace.user
