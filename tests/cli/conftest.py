"""The real command in a folder of its own, against a static registry."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from lumos.cli.main import app
from tests.cli.registry import StaticRegistry, serving

ROOT = Path(__file__).parents[2]
BASE = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


@dataclass
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    """A terminal-less shell in ``folder`` that knows one command."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def lumos(self, *arguments: str, code: int = 0, stdin: str = "", **variables: str) -> Ran:
        """Run ``lumos`` in this process, as its entry point does, and require this exit code."""
        out, err = io.StringIO(), io.StringIO()
        with (
            self.standing_here(variables),
            mock.patch.object(sys, "stdin", io.StringIO(stdin)),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            app(arguments, prog_name="lumos")
        return _checked(Ran(int(ended.value.code or 0), out.getvalue(), err.getvalue()), code)

    def process(self, *arguments: str, code: int = 0, **variables: str) -> Ran:
        """Run ``lumos`` as a process of its own, with all that a process brings."""
        done = subprocess.run(
            [sys.executable, "-m", "lumos.cli", *arguments],
            cwd=self.folder,
            env={**BASE, **self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return _checked(Ran(done.returncode, done.stdout, done.stderr), code)

    @contextmanager
    def standing_here(self, variables: dict[str, str]) -> Iterator[None]:
        """This process in the shell's folder, with the shell's environment."""
        before = Path.cwd()
        environment = {**BASE, **self.environment, **variables}
        with mock.patch.dict(os.environ, environment, clear=True):
            os.chdir(self.folder)
            try:
                yield
            finally:
                os.chdir(before)

    def inside(self, name: str) -> Shell:
        """The same shell one folder deeper."""
        return Shell(self.folder / name, self.environment)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


def _checked(ran: Ran, code: int) -> Ran:
    assert ran.code == code, f"exit {ran.code}\n{ran.out}\n{ran.err}"
    assert "Traceback" not in ran.err
    return ran


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[StaticRegistry]:
    folder = tmp_path / "registry"
    folder.mkdir()
    with serving(folder) as served:
        yield served


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """uv's cache and ours, shared: the names in them are hashes."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def shell(tmp_path: Path, registry: StaticRegistry, cache: Path) -> Shell:
    """A shell in an empty folder that knows the registry."""
    return shell_in(tmp_path, registry, cache)


def shell_in(home: Path, registry: StaticRegistry, cache: Path) -> Shell:
    """A shell in ``home/work``; what the command keeps for its user lies beside it."""
    folder = home / "work"
    folder.mkdir()
    return Shell(
        folder,
        {
            "LUMOS_REGISTRY": registry.url,
            "LUMOS_CACHE_DIR": str(home / "cache"),
            "LUMOS_CONFIG_DIR": str(home / "config"),
            "LUMOS_STATE_DIR": str(home / "state"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "UV_CACHE_DIR": str(cache / "uv"),
            "UV_OFFLINE": "1",
            "PYTHONPATH": str(ROOT),
            "NO_PROXY": "127.0.0.1",
        },
    )


@pytest.fixture
def project(shell: Shell) -> Shell:
    """A shell in a fresh project."""
    shell.lumos("init", "--quiet")
    return shell
