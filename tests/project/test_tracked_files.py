"""What is committed: no registry's host, no path of a person's machine, requirements by hash."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
#: Hosts of package registries, put together here so that this file names none.
HOSTS = (
    "pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "npm" + "js.com",
    "crates" + ".io", "ruby" + "gems.org", "proxy.gol" + "ang.org", "conda" + ".anaconda.org",
)  # fmt: skip
PERSONAL = re.compile(rf"(?<![\w.-])/(?:{'work' + '/'}|home/(?!user\b)[a-z]|Users/[A-Za-z])")
BINARY = {".png", ".ico", ".woff2", ".whl", ".xlsx", ".zip", ".gz", ".br", ".jpg", ".webp"}
#: Packages as their attackers and authors write them, and a scanner reads them.
CORPUS = "tests/scan/corpus/"


def _tracked() -> list[Path]:
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("needs a git checkout")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = done.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def _texts() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text("utf-8", "replace"))
        for path in _tracked()
        if path.suffix not in BINARY
    ]


def test_no_file_names_a_package_registry() -> None:
    found = [
        f"{name}: {host}"
        for name, text in _texts()
        for host in HOSTS
        if host in text and not name.startswith(CORPUS)
    ]
    assert found == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in _texts()
        if not name.startswith((CORPUS, "tests/scan/", "tests/sandbox/"))
        for number, line in enumerate(text.splitlines(), 1)
        if PERSONAL.search(line)
    ]
    assert found == []


def test_nothing_that_runs_made_is_committed() -> None:
    made = re.compile(r"(^|/)(var|\.venv|node_modules|__pycache__|\.lumos)/|\.(sqlite3|pyc|log)$")
    names = [path.relative_to(ROOT).as_posix() for path in _tracked()]
    assert [name for name in names if made.search(name)] == []


def test_a_todo_names_its_issue() -> None:
    word = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!.*#\d+)")
    found = [
        f"{name}:{number}"
        for name, text in _texts()
        if name.endswith((".py", ".html", ".css", ".sh", ".toml")) and not name.startswith(CORPUS)
        for number, line in enumerate(text.splitlines(), 1)
        if word.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) > 5
    for line in lines:
        assert re.match(r"^[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", line), line[:80]
        assert "--hash=sha256:" in line, line[:80]


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    asked = re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
    locked = (ROOT / "requirements.txt").read_text() + (ROOT / "requirements-dev.txt").read_text()
    pinned = {
        re.sub(r"[-_.]+", "-", found).lower()
        for found in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==", locked, re.MULTILINE)
    }
    for requirement in asked:
        if not requirement.startswith("-"):
            assert re.sub(r"[-_.]+", "-", requirement).lower() in pinned, requirement


def test_the_commands_needs_are_the_servers_too() -> None:
    """lumos-cli and the server resolve together, so that neither can break the other."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = (ROOT / "requirements.txt").read_text()
    for requirement in project["dependencies"]:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert name
        assert re.search(rf"^{re.escape(name[0])}(\[|==)", pinned, re.MULTILINE), requirement
