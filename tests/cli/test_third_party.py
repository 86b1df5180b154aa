"""Third-party packages come from the user's own Python index and are pinned with hashes."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.cli.registry import StaticRegistry
from tests.package.wheels import record_text, write_zip

CODE = '''"""Uses a package of someone else."""
from dataclasses import dataclass

import helper


@dataclass
class Greeting:
    text: str


def hello(name: str, times: int = 1) -> Greeting:
    """Greet someone."""
    return Greeting(helper.VERSION)
'''


def make_helper(folder: Path, version: str) -> None:
    """An ordinary wheel ``helper``, which is no tool."""
    info = f"helper-{version}.dist-info"
    parts = {
        "helper.py": f'VERSION = "{version}"\n'.encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: helper\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    parts[f"{info}/RECORD"] = record_text(parts, f"{info}/RECORD").encode()
    folder.mkdir(exist_ok=True)
    write_zip(folder / f"helper-{version}-py3-none-any.whl", parts)


@pytest.fixture
def index(project: Shell, tmp_path: Path) -> Path:
    """The user's index: a folder of wheels, and nothing else."""
    folder = tmp_path / "wheels"
    make_helper(folder, "1.0.0")
    project.environment |= {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(folder)}
    return folder


def helper_version(project: Shell) -> str:
    return str(project.lumos("run", "hello", '{"name": "A"}').json["result"]["text"])


def test_a_requirement_is_pinned_and_stays_until_an_update(
    project: Shell, registry: StaticRegistry, index: Path
) -> None:
    registry.publish("demo/hello", code=CODE, dependencies=["helper>=1"])
    registry.publish("demo/other")
    project.lumos("add", "tool", "demo/hello")
    locked = tomllib.loads(project.read("lumos.lock"))
    assert locked["tools"][0]["python"] == ["helper>=1"]
    assert locked["python"][0].startswith("helper==1.0.0 --hash=sha256:")

    make_helper(index, "1.1.0")
    project.lumos("add", "tool", "demo/other")
    assert helper_version(project) == "1.0.0"
    shutil.rmtree(project.folder / ".lumos")
    project.lumos("install")
    assert helper_version(project) == "1.0.0"
    project.lumos("update")
    assert helper_version(project) == "1.1.0"
    project.lumos("remove", "tool", "hello")
    assert "helper" not in project.read("lumos.lock")


def test_a_changed_file_of_the_index_is_refused(
    project: Shell, registry: StaticRegistry, index: Path
) -> None:
    registry.publish("demo/hello", code=CODE, dependencies=["helper>=1"])
    project.lumos("add", "tool", "demo/hello")
    shutil.rmtree(project.folder / ".lumos")
    wheel = index / "helper-1.0.0-py3-none-any.whl"
    parts = {"helper.py": b"VERSION = 'evil'\n"}
    write_zip(wheel, parts)
    ran = project.lumos("install", code=4, UV_CACHE_DIR=str(index / "cache"))
    assert "ash" in ran.err
    assert not (project.folder / ".lumos" / "env").exists()


def test_a_requirement_that_nobody_has_is_explained(
    project: Shell, registry: StaticRegistry, index: Path
) -> None:
    registry.publish("demo/hello", code=CODE, dependencies=["helper>=2"])
    ran = project.lumos("add", "tool", "demo/hello", code=4)
    assert "helper>=2" in ran.err
    assert "your Python index" in ran.err
