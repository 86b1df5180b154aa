"""Creates virtual environments and installs packages with uv, or with venv and pip."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lumos.client.errors import LumosError, NetworkError, Refused

__all__ = [
    "LocalWheel",
    "create",
    "find_uv",
    "install",
    "install_from_index",
    "python_of",
    "resolve_python",
    "site_packages_of",
]

_TIMEOUT = 900


@dataclass(frozen=True, slots=True)
class LocalWheel:
    """A wheel on disk whose sha256 was checked."""

    distribution: str
    path: Path
    sha256: str

    @property
    def requirement(self) -> str:
        """The wheel as a line of a requirements file, with its hash."""
        return f"{self.distribution} @ {self.path.as_uri()} --hash=sha256:{self.sha256}"


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def site_packages_of(folder: Path) -> Path:
    """The site-packages folder of a virtual environment."""
    if os.name == "nt":
        return folder / "Lib" / "site-packages"
    folders = sorted(folder.glob("lib/python3*/site-packages"))
    return folders[-1] if folders else folder / "lib" / "site-packages"


def create(folder: Path) -> None:
    """Create an empty virtual environment with the current Python. It can be moved later."""
    base = getattr(sys, "_base_executable", sys.executable)
    uv = find_uv()
    if uv:
        options = ["--quiet", "--relocatable", "--no-project", "--python", base]
        _run([uv, *_uv_settings(), "venv", *options, folder])
    else:
        _run([base, "-I", "-m", "venv", folder])


def install(folder: Path, *, pins: Sequence[str] = (), wheels: Iterable[LocalWheel] = ()) -> None:
    """Install pinned third-party packages and local wheels; every hash is checked."""
    lines = [*pins, *(wheel.requirement for wheel in wheels)]
    if not lines:
        return
    file = folder / "lumos-requirements.txt"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    python, uv = python_of(folder), find_uv()
    shared: list[str | Path] = [
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        file,
    ]
    if uv:
        shared.append("--compile-bytecode")
        _run([uv, *_uv_settings(), "pip", "install", "--python", python, *shared])
    else:
        _run([python, "-I", "-m", "pip", "install", *shared])


def resolve_python(
    folder: Path, requirements: Sequence[str], *, preferred: Sequence[str] = ()
) -> tuple[str, ...]:
    """Exact third-party packages for these requirements, from the user's own Python index.

    Each pin is one line with its hashes. ``preferred`` pins are kept if they match.
    """
    if not requirements:
        return ()
    wanted, pinned = folder / "lumos-wanted.in", folder / "lumos-pinned.txt"
    wanted.write_text("\n".join(requirements) + "\n", "utf-8")
    pinned.write_text("".join(f"{pin}\n" for pin in preferred), "utf-8")
    uv, python = find_uv(), python_of(folder)
    if not uv:
        return _resolve_with_pip(python, wanted)
    options = ["--quiet", "--generate-hashes", "--no-header", "--no-annotate"]
    options += ["--only-binary", ":all:"]
    command: list[str | Path] = [uv, *_uv_settings(), "pip", "compile", *options]
    _run([*command, "--python", python, "-o", pinned, wanted])
    return _lines(pinned.read_text("utf-8"))


def install_from_index(folder: Path, requirements: Sequence[str], *, index: str) -> None:
    """Install wheels by name: from ``index`` (if any) first, then from the user's own index.

    An ``index`` needs uv: pip takes the highest version of all indexes, so that an attacker could
    replace a tool with a package of the same name (dependency confusion).
    """
    uv, python = find_uv(), python_of(folder)
    options: list[str | Path] = ["--quiet", "--only-binary", ":all:"]
    if uv:
        options += ["--index", index] if index else []
        command: list[str | Path] = [uv, *_uv_settings(), "pip", "install", "--python", python]
        _run([*command, *options, *requirements])
    elif index:
        raise Refused(
            "uv is needed to install the tools that this tool depends on.",
            why="pip could install a package with the same name from another index instead.",
            hint="pip install uv",
        )
    else:
        _run([python, "-I", "-m", "pip", "install", *options, *requirements])


def _resolve_with_pip(python: Path, wanted: Path) -> tuple[str, ...]:
    command: list[str | Path] = [
        python,
        "-I",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
    ]
    report = json.loads(
        _run([*command, "--only-binary", ":all:", "--report", "-", "-r", wanted]) or "{}"
    )
    return tuple(sorted(_pip_pin(entry) for entry in report.get("install", ())))


def _pip_pin(entry: dict[str, dict[str, dict[str, dict[str, str]]]]) -> str:
    about = entry["metadata"]
    digest = entry["download_info"]["archive_info"]["hashes"]["sha256"]
    return f"{about['name']}=={about['version']} --hash=sha256:{digest}"


def _lines(text: str) -> tuple[str, ...]:
    """The lines of a requirements file, with continued lines joined."""
    joined = text.replace("\\\n", " ").splitlines()
    return tuple(" ".join(line.split()) for line in joined if line.strip())


@cache
def find_uv() -> str | None:
    """The uv executable: from our environment, otherwise from PATH, otherwise ``None``."""
    if os.environ.get("LUMOS_NO_UV"):
        return None
    try:
        from uv import find_uv_bin

        return os.fsdecode(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("uv")


def _uv_settings() -> list[str]:
    """Options that make uv read the settings of the user or the system, never of a project.

    By default uv reads ``uv.toml`` and ``pyproject.toml`` in the current folder and its parents, so
    that a cloned repository could choose the index. pip reads no such file, and ``-I`` keeps it
    from importing modules of the project.
    """
    if os.environ.get("UV_CONFIG_FILE"):
        return []
    if not os.environ.get("UV_NO_CONFIG"):
        for folder in _uv_folders():
            if (folder / "uv" / "uv.toml").is_file():
                return ["--config-file", os.fspath(folder / "uv" / "uv.toml")]
    return ["--no-config"]


def _uv_folders() -> list[Path]:
    """The folders where uv looks for settings of the user and the system, in its order."""
    if os.name == "nt":
        folders = [os.environ.get("APPDATA"), os.environ.get("PROGRAMDATA")]
    else:
        system = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        user = os.environ.get("XDG_CONFIG_HOME") or os.fspath(Path.home() / ".config")
        folders = [user, *system.split(os.pathsep), "/etc"]
    return [Path(folder) for folder in folders if folder and Path(folder).is_absolute()]


def _run(command: Sequence[str | Path]) -> str:
    """Run uv or pip and return stdout; if it fails, its output becomes the error's reason."""
    texts = [os.fspath(part) for part in command]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "LUMOS_TOKEN")
    }
    try:
        done = subprocess.run(  # noqa: S603  (a list, no shell)
            texts, capture_output=True, text=True, timeout=_TIMEOUT, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(texts, str(error)) from error
    if done.returncode:
        raise _failed(texts, done.stderr.strip() or done.stdout.strip())
    return done.stdout


def _failed(command: Sequence[str], output: str) -> LumosError:
    offline = any(
        phrase in output.lower()
        for phrase in ("error sending request", "connection", "dns error", "timed out", "offline")
    )
    kind = NetworkError if offline else Refused
    return kind(
        "Could not install the Python packages that the tools need."
        if "venv" not in command[1:3]
        else "Could not create the environment in .lumos/env.",
        why="\n".join(line for line in output.splitlines()[-12:] if line.strip())
        or "The installer gave no reason.",
        hint="Third-party packages come from your Python index: check UV_INDEX_URL or pip's "
        "settings, and the version ranges above."
        if not offline
        else "Check the connection to your Python index (UV_INDEX_URL, proxies) and try again.",
    )
