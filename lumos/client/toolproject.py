"""A tool's own project: pyproject.toml, the import package, and which build backend it has."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lumos.client.errors import NotFound, UsageError
from lumos.package.manifest.reader import MANIFEST_FILE
from lumos.package.names.tools import InvalidName, ToolName

__all__ = ["ToolProject", "find_tool_project"]


@dataclass(frozen=True)
class ToolProject:
    """A folder with a pyproject.toml that makes a tool's wheel."""

    root: Path

    @cached_property
    def data(self) -> dict[str, Any]:
        """pyproject.toml; raises :class:`UsageError` where it cannot be read."""
        try:
            return tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))
        except ValueError as error:
            raise UsageError(
                "pyproject.toml cannot be read.", why=str(error), hint="Mend the file at that line."
            ) from error

    @cached_property
    def tool(self) -> ToolName:
        """The tool's name, from the distribution's name."""
        name = self._about.get("name", "")
        try:
            return ToolName.from_distribution(str(name))
        except InvalidName as error:
            raise UsageError(
                f'"{name}" in pyproject.toml is not the name of a tool.',
                why=str(error),
                hint='name = "yournamespace-toolname", for example "acme-web-search"',
            ) from error

    @property
    def backend(self) -> str:
        """The build backend, as pyproject.toml names it."""
        build = self.data.get("build-system", {})
        return str(build.get("build-backend", "setuptools.build_meta"))

    @property
    def requirements(self) -> tuple[str, ...]:
        """The distributions that the tool needs, where they are written down."""
        return tuple(map(str, self._about.get("dependencies", ())))

    @cached_property
    def package(self) -> Path:
        """The folder of the import package; raises :class:`UsageError` where it is missing."""
        name = self.tool.import_package
        for folder in (self.root / "src" / name, self.root / name):
            if folder.is_dir():
                return folder
        raise UsageError(
            f"The import package {name} is not there.",
            why=f"A tool {self.tool} has the one package {name}; looked in src/{name} and {name}.",
            hint=f"mkdir -p src/{name} and put __init__.py and {MANIFEST_FILE} into it",
        )

    @property
    def _about(self) -> dict[str, Any]:
        about = self.data.get("project", {})
        return about if isinstance(about, dict) else {}


def find_tool_project(start: Path | None = None) -> ToolProject:
    """The tool project of this folder or the nearest above; raises :class:`NotFound`."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file():
            return ToolProject(folder)
    raise NotFound(
        "There is no tool project here.",
        why=f"Neither {here} nor a folder above it has a pyproject.toml.",
        hint="lumos new tool yournamespace/toolname",
    )
