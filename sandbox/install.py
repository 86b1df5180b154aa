"""Install a tool's dependencies. Only wheels are used, so that installing runs no code."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from uv import find_uv_bin

from sandbox.interpreter import interpreter
from sandbox.launch import SandboxKilled
from sandbox.limits import MIB

SECONDS = 300.0
FILE_BYTES = 512 * MIB
TOTAL_BYTES = 1024 * MIB
OUTPUT = 4000
PASSED_ON = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "TMPDIR")
PASSED_PREFIXES = ("UV_", "HTTP_", "HTTPS_", "ALL_", "NO_PROXY", "http_", "https_", "no_proxy")


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of failed installations, and texts in the installer's output that identify it."""

    signs: tuple[str, ...]
    message: str
    why: str
    fix: str


CAUSES = (
    Cause(
        ("no wheel", "no usable wheel", "building source distributions"),
        "A dependency has no wheel for this Python and platform.",
        "Building one would run its code, so only wheels are installed.",
        "Choose a version that has wheels, or another package.",
    ),
    Cause(
        ("was not found", "no versions of", "there is no version", "available and you require"),
        "A dependency does not exist in the index, or not in that version.",
        "Users could not install the tool.",
        "Check the names and versions under `dependencies` in pyproject.toml.",
    ),
    Cause(
        ("unsatisfiable", "no solution found", "conflict"),
        "The dependencies conflict with each other.",
        "No set of versions matches all version ranges.",
        "Widen the ranges, and test with `uv pip compile pyproject.toml` on your machine.",
    ),
    Cause(
        ("error sending request", "failed to fetch", "timed out", "dns error"),
        "The package index cannot be reached.",
        "This is not caused by the tool.",
        "Try again later, or tell the operator.",
    ),
    Cause(
        (),
        "The dependencies cannot be installed.",
        "The installer reported an error.",
        "Read its output, and fix `dependencies` in pyproject.toml.",
    ),
)


@dataclass(frozen=True, slots=True)
class InstallResult:
    """Whether the dependencies are installed in ``target``. ``installed`` has ``name==version``; on
    failure ``message``, ``why`` and ``fix`` explain it, and ``output`` is the installer's output.
    """

    ok: bool
    target: Path
    installed: tuple[str, ...] = ()
    message: str = ""
    why: str = ""
    fix: str = ""
    output: str = ""


def install_dependencies(
    requirements: Sequence[str | Path],
    target: Path,
    *,
    index_url: str | None = None,
    extra_index_url: str | None = None,
    find_links: Path | None = None,
    python: str | None = None,
    seconds: float = SECONDS,
) -> InstallResult:
    """Install ``requirements`` (PEP 508 texts, or paths of wheels) into the folder ``target``.

    Packages come from ``extra_index_url`` (the marketplace's own) if it has them, else from
    ``index_url`` (the operator's; by default the installer's own configuration). Requirements
    with a URL are rejected. Invalid requirements are reported in the result, not raised; raises
    ValueError if ``python`` does not start.
    """
    lines = []
    for requirement in requirements:
        line = checked(requirement)
        if isinstance(line, InstallResult):
            return InstallResult(False, target, message=line.message, why=line.why, fix=line.fix)
        lines.append(line)
    target.mkdir(parents=True, exist_ok=True)
    if not lines:
        return InstallResult(True, target)
    command = installer_command(target, index_url, extra_index_url, find_links, python)
    return run(command, "\n".join(lines), target, seconds)


def checked(requirement: str | Path) -> str | InstallResult:
    """The requirement as a line for the installer, or the reason why it is rejected."""
    if isinstance(requirement, Path):
        if requirement.suffix == ".whl" and requirement.is_file():
            return str(requirement.resolve())
        return refusal(
            f"The wheel of the dependency {requirement.name} does not exist.",
            "Only wheels are installed, because installing them runs no code.",
            "Publish that tool again, or choose another version of it.",
        )
    try:
        parsed = Requirement(requirement)
    except InvalidRequirement as error:
        return refusal(
            f"The requirement {requirement!r} cannot be read: {str(error).splitlines()[0]}",
            "Requirements follow PEP 508: a name, extras, a version range, a marker.",
            "Fix it under `dependencies` in pyproject.toml, for example `httpx>=0.27,<1`.",
        )
    if parsed.url:
        return refusal(
            f"The requirement {parsed.name} names a URL.",
            "The contents of a URL can change.",
            f"Depend on a released version: `{parsed.name}>=1.0`.",
        )
    return str(parsed)


def refusal(message: str, why: str, fix: str) -> InstallResult:
    return InstallResult(False, Path(), message=message, why=why, fix=fix)


def installer_command(
    target: Path,
    index_url: str | None,
    extra_index_url: str | None,
    find_links: Path | None,
    python: str | None,
) -> list[str]:
    """The installer with its options; requirements come on its standard input."""
    command = [find_uv_bin(), "pip", "install", "--no-config", "--no-progress", "--quiet"]
    command += ["--target", str(target), "--python", str(interpreter(python).executable)]
    command += ["--only-binary", ":all:", "--compile-bytecode", "--requirements", "-"]
    if index_url:
        command += ["--default-index", index_url]
    if extra_index_url:
        command += ["--index", extra_index_url]
    if find_links:
        command += ["--find-links", str(find_links)]
    limiter = shutil.which("prlimit")
    return [limiter, f"--fsize={FILE_BYTES}", "--core=0", "--", *command] if limiter else command


def run(command: list[str], requirements: str, target: Path, seconds: float) -> InstallResult:
    try:
        done = subprocess.run(  # noqa: S603 - the installer with our own options
            command,
            input=requirements,
            capture_output=True,
            check=False,
            env=environment(),
            text=True,
            timeout=seconds,
            start_new_session=True,  # else a worker that is stopped ends it in the middle
        )
    except subprocess.TimeoutExpired:
        return InstallResult(
            False,
            target,
            message=f"Installing the dependencies took more than {seconds:g} seconds.",
            why="The index may be slow or unavailable, or the dependencies very large.",
            fix="Try again later. If it fails again, use fewer or smaller dependencies.",
        )
    if done.returncode in (-signal.SIGKILL, -signal.SIGTERM):
        raise SandboxKilled("The installer of the dependencies was killed.")
    if done.returncode != 0:
        return failed(done.stderr, target)
    size = sum(path.lstat().st_size for path in target.rglob("*") if path.is_file())
    if size > TOTAL_BYTES:
        return InstallResult(
            False,
            target,
            message=f"The dependencies take {size // MIB} MiB, more than {TOTAL_BYTES // MIB} MiB.",
            why="The marketplace installs them for every check, and every user installs them too.",
            fix="Depend on smaller packages, or make the large ones optional extras.",
        )
    return InstallResult(True, target, installed=installed(target))


def failed(output: str, target: Path) -> InstallResult:
    """The result for the first cause whose signs appear in the installer's output."""
    text = output.lower()
    cause = next(
        cause for cause in CAUSES if not cause.signs or any(s in text for s in cause.signs)
    )
    shown = output[-OUTPUT:].strip()
    return InstallResult(False, target, (), cause.message, cause.why, cause.fix, shown)


def installed(target: Path) -> tuple[str, ...]:
    """The packages installed in ``target``, as sorted ``name==version``."""
    names = (path.name.removesuffix(".dist-info") for path in target.glob("*.dist-info"))
    return tuple(sorted("==".join(name.rsplit("-", 1)) for name in names))


def environment() -> dict[str, str]:
    """The environment variables that the installer needs, without the server's secrets."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in PASSED_ON or name.startswith(PASSED_PREFIXES)
    }
