"""A tool's source project: pyproject.toml, import package and build backend."""

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
    """A folder with the pyproject.toml of a tool."""

    root: Path

    @cached_property
    def data(self) -> dict[str, Any]:
        """The content of pyproject.toml; raises :class:`UsageError` if it is invalid."""
        try:
            return tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))
        except ValueError as error:
            raise UsageError(
                "pyproject.toml cannot be read.", why=str(error), hint="Fix the file at that line."
            ) from error

    @cached_property
    def tool(self) -> ToolName:
        """The tool's name, from the distribution name; raises :class:`UsageError`."""
        name = self._about.get("name", "")
        try:
            return ToolName.from_distribution(str(name))
        except InvalidName as error:
            raise UsageError(
                f'"{name}" in pyproject.toml is not a valid tool name.',
                why=str(error),
                hint='name = "yournamespace-toolname", for example "acme-web-search"',
            ) from error

    @property
    def backend(self) -> str:
        """The build backend in pyproject.toml, or the default of PEP 517."""
        build = self.data.get("build-system", {})
        return str(build.get("build-backend", "setuptools.build_meta"))

    @property
    def requirements(self) -> tuple[str, ...]:
        """The Python dependencies in pyproject.toml."""
        return tuple(map(str, self._about.get("dependencies", ())))

    @cached_property
    def package(self) -> Path:
        """The folder of the import package; raises :class:`UsageError` if it does not exist."""
        name = self.tool.import_package
        for folder in (self.root / "src" / name, self.root / name):
            if folder.is_dir():
                return folder
        raise UsageError(
            f"The import package {name} does not exist.",
            why=f"The tool {self.tool} needs the package {name} in src/{name} or {name}.",
            hint=f"Create src/{name} with __init__.py and {MANIFEST_FILE}.",
        )

    @property
    def _about(self) -> dict[str, Any]:
        about = self.data.get("project", {})
        return about if isinstance(about, dict) else {}


def find_tool_project(start: Path | None = None) -> ToolProject:
    """The tool project of this folder or its nearest parent; raises :class:`NotFound`."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file():
            return ToolProject(folder)
    raise NotFound(
        "No tool project was found.",
        why=f"Neither {here} nor a parent folder has a pyproject.toml.",
        hint="lumos new tool yournamespace/toolname",
    )
