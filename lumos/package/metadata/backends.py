"""Build backends: the setting of each that packs ``tool.toml`` and ``functions.json``."""

from __future__ import annotations

from lumos.package.findings import Finding
from lumos.package.rulebook import RULES

__all__ = ["missing_file", "packing_hint"]

_UNIGNORE = "remove them from .gitignore, or set "
_SETUPTOOLS = (
    "setuptools",
    'set [tool.setuptools.package-data] {package} = ["tool.toml", "functions.json"] '
    "in pyproject.toml",
)
# Each setting names both files: who misses both gets it twice and must not have to merge them.
_SETTINGS = {
    "hatchling": (
        "hatchling",
        _UNIGNORE + "[tool.hatch.build.targets.wheel] artifacts = "
        '["tool.toml", "functions.json"] in pyproject.toml',
    ),
    "poetry": (
        "poetry-core",
        _UNIGNORE + "[tool.poetry] include = "
        '[{{ path = "src/{package}/tool.toml", format = "wheel" }}, '
        '{{ path = "src/{package}/functions.json", format = "wheel" }}] in pyproject.toml',
    ),
    "bdist_wheel": _SETUPTOOLS,
    "setuptools": _SETUPTOOLS,
    "flit": (
        "flit_core",
        "put it into the package's folder: flit packs every file there",
    ),
    "pdm": (
        "pdm-backend",
        'set [tool.pdm.build] includes = ["src/{package}", "src/{package}/tool.toml", '
        '"src/{package}/functions.json"] in pyproject.toml',
    ),
    "uv": (
        "uv_build",
        "put it into the module's folder, and remove it from [tool.uv.build-backend] wheel-exclude",
    ),
}


def packing_hint(generator: str, file: str) -> str:
    """How the backend that ``WHEEL`` names is told to pack ``file`` (a path in the wheel)."""
    key = next((key for key in _SETTINGS if generator.startswith(key)), None)
    if key is None:
        return f"Add {file} to the files that your build backend packs."
    backend, setting = _SETTINGS[key]
    setting = setting.format(package=file.partition("/")[0])
    return f"The wheel was built with {backend}: {setting}."


def missing_file(name: str, file: str, generator: str) -> Finding:
    """The refusal of a wheel without one of a tool's two own files."""
    make = "Run `lumos build` to write it. " if name == "functions.json" else ""
    subject = "functions" if name == "functions.json" else "manifest"
    return RULES[f"{subject}/missing"].finding(
        f"The wheel has no {file}.", fix=make + packing_hint(generator, file), file=file
    )
