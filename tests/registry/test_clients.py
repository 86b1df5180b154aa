"""Real clients install real wheels from the tree, whichever web server stands before it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.registry import servers

UV = Path(sys.executable).with_name("uv")
SERVERS = [
    "granian",
    "http.server",
    pytest.param(
        "nginx", marks=pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is missing")
    ),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One tree for all servers."""
    made = tmp_path_factory.mktemp("tree") / "public"
    servers.fill(made)
    return made


@pytest.fixture(scope="module", params=SERVERS)
def shop(
    request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the simple index."""
    with servers.served(request.param, root, tmp_path_factory.mktemp("server")) as address:
        yield f"{address}/simple/"


def run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], env=servers.plain_environment(), check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def installed(target: Path) -> set[str]:
    return {path.name.removesuffix(".dist-info") for path in target.glob("*.dist-info")}


def pip(*arguments: str | Path) -> str:
    options = ("--isolated", "--disable-pip-version-check", "--no-cache-dir")
    return run(sys.executable, "-m", "pip", *arguments, *options)


def test_pip_installs_a_tool_and_what_it_needs(shop: str, tmp_path: Path) -> None:
    """With pip 23.2.1, that of Python 3.11.7."""
    pip("install", "--index-url", shop, "--target", tmp_path, "demo-hello")
    assert installed(tmp_path) == {"demo_hello-1.0.0", "demo_base-1.4.0"}


def test_pip_takes_a_yanked_release_by_its_number_alone_and_with_its_hash(
    shop: str, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    options = ("--dry-run", "--ignore-installed", "--report", report)
    said = pip("install", "--index-url", shop, *options, "Demo_Hello==1.1.0")
    assert "It breaks." in said
    found = {each["metadata"]["name"]: each for each in json.loads(report.read_text())["install"]}
    assert found["demo-hello"]["metadata"]["version"] == "1.1.0"
    assert all(
        len(each["download_info"]["archive_info"]["hashes"]["sha256"]) == 64
        for each in found.values()
    )


def test_uv_installs_a_tool_and_what_it_needs(shop: str, tmp_path: Path) -> None:
    run(
        UV, "pip", "install", "--no-config", "--no-cache", "--python", sys.executable,
        "--index-url", shop, "--target", tmp_path, "demo-hello",
    )  # fmt: skip
    assert installed(tmp_path) == {"demo_hello-1.0.0", "demo_base-1.4.0"}


def test_uv_locks_a_project_against_the_index(shop: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "1"\nrequires-python = ">=3.11"\n'
        f'dependencies = ["demo-hello>=1"]\n[[tool.uv.index]]\nurl = "{shop}"\ndefault = true\n'
    )
    run(UV, "lock", "--no-cache", "--python", sys.executable, "--project", tmp_path)
    lock = (tmp_path / "uv.lock").read_text()
    assert 'name = "demo-base"' in lock
    assert "sha256:" in lock


def test_a_name_that_is_not_ours_is_not_found(shop: str) -> None:
    done = subprocess.run(
        [UV, "pip", "install", "--no-config", "--no-cache", "--dry-run", "--python",
         sys.executable, "--index-url", shop, "demo-nothing"],
        env=servers.plain_environment(), check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert "demo-nothing was not found" in done.stderr
