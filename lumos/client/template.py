"""Creates a tool project that is ready to publish."""

from __future__ import annotations

import keyword
import subprocess
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from string import Template

from lumos.client.errors import UsageError
from lumos.client.files import write_atomically
from lumos.package.names.tools import OFFICIAL_NAMESPACE, ToolName

__all__ = ["create_tool_project"]

_FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "LICENSE": "LICENSE",
    "CHANGELOG.md": "CHANGELOG.md",
    "gitignore": ".gitignore",
    "init.py": "src/{package}/__init__.py",
    "py.typed": "src/{package}/py.typed",
    "tool.toml": "src/{package}/tool.toml",
    "test_tool.py": "tests/test_{function}.py",
}


def create_tool_project(tool: ToolName, folder: Path) -> list[Path]:
    """Write the project to ``folder``, which must be new or empty; returns the files."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} exists and is not empty.",
            why="lumos new tool does not overwrite files.",
            hint=f"lumos new tool {tool} --folder another-folder",
        )
    values = _template_values(tool)
    written = []
    for source, target in _FILES.items():
        path = folder / target.format(**values)
        text = (files("lumos.client") / "templates" / f"{source}.txt").read_text("utf-8")
        write_atomically(path, Template(text).substitute(values))
        written.append(path)
    return written


def _template_values(tool: ToolName) -> dict[str, str]:
    now = datetime.now(UTC)
    author, email = _git_setting("user.name"), _git_setting("user.email")
    name = author or tool.namespace
    short = tool.name if tool.namespace == OFFICIAL_NAMESPACE else str(tool)
    return {
        "tool": str(tool),
        "short": short,
        "distribution": tool.distribution,
        "package": tool.import_package,
        "function": _function_name(tool.name),
        "title": tool.name.replace("-", " ").capitalize(),
        "author": name,
        "author_entry": _author_entry(name, email),
        "year": str(now.year),
        "date": now.strftime("%Y-%m-%d"),
    }


def _function_name(name: str) -> str:
    """The tool's name as a valid name of a Python function."""
    function = name.replace("-", "_")
    return f"{function}_tool" if keyword.iskeyword(function) else function


def _author_entry(name: str, email: str) -> str:
    quoted = name.replace("\\", "").replace('"', "'")
    if email.count("@") == 1 and not any(char in email for char in ' "\\<>'):
        return f'{{ name = "{quoted}", email = "{email}" }}'
    return f'{{ name = "{quoted}" }}'


def _git_setting(name: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "config", "--get", name],  # noqa: S607  (whichever git the user has)
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return " ".join(done.stdout.split())
