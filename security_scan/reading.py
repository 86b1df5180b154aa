"""The package's modules, parsed once for all scanners that read Python."""

from __future__ import annotations

from security_scan.guard import Guard
from security_scan.syntax.module import Module, dotted_name, read_module
from security_scan.syntax.project import Project
from security_scan.target import Target

__all__ = ["project_of"]

PROGRAMS = (".exe", ".bat", ".cmd", ".ps1", ".vbs", ".scr", ".msi", ".pyc", ".jar", ".dll")
SETTINGS = {"setup.py", "setup.cfg", "pyproject.toml", "top_level.txt"}


def project_of(target: Target, guard: Guard) -> Project:
    """The Python files that can be parsed; others become findings of ``guard`` or ``files/…``."""
    if "project" not in target.shared:
        settings = "\n".join(
            file.text
            for file in target.files
            if file.size < 1_000_000 and file.path.rpartition("/")[2] in SETTINGS
        )
        target.shared["project"] = Project(
            _modules(target, guard), settings=settings, programs=_programs(target)
        )
    project: Project = target.shared["project"]
    return project


def _programs(target: Target) -> frozenset[str]:
    names = (file.path.rpartition("/")[2].lower() for file in target.files)
    return frozenset(name for name in names if name.endswith(PROGRAMS))


def _modules(target: Target, guard: Guard) -> dict[str, Module]:
    paths = frozenset(file.path for file in target.files if file.path.endswith(".py"))
    modules: dict[str, Module] = {}
    for file in target.python_files:
        with guard.step("parse", file.path) as wanted:
            if wanted:
                name = dotted_name(file.path, paths)
                modules[file.path] = read_module(file.path, file.text, source=file.data, name=name)
    return modules
