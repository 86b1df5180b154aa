"""An index that changes what was published: other bytes, other needs, another source of a name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import BASE, ROOT, Ran, Shell
from tests.cli.registry import StaticRegistry
from tests.package.wheels import record_text, write_zip


def third_party(folder: Path, name: str, version: str = "1.0.0", code: str = "") -> None:
    """A wheel of a stranger."""
    module = re.sub(r"[-.]", "_", name.lower())
    info = f"{module}-{version}.dist-info"
    parts = {
        f"{module}.py": f"VERSION = {version!r}\n{code}".encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    parts[f"{info}/RECORD"] = record_text(parts, f"{info}/RECORD").encode()
    folder.mkdir(exist_ok=True)
    write_zip(folder / f"{module}-{version}-py3-none-any.whl", parts)


@pytest.fixture
def index(project: Shell, tmp_path: Path) -> Path:
    """The user's Python index, in which a stranger owns the names of tools."""
    folder = tmp_path / "wheels"
    for name in ("acme-finder", "demo-finder", "lumos-finder", "helper", "six"):
        third_party(folder, name)
    project.environment |= {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(folder)}
    return folder


def state(project: Shell) -> dict[str, bytes]:
    return {
        str(path.relative_to(project.folder)): path.read_bytes()
        for path in sorted(project.folder.rglob("*"))
        if path.is_file() and path.name not in ("busy", ".gitignore")
    }


def refused(project: Shell, *line: str, code: int = 6) -> Ran:
    """A command that must change nothing."""
    before = state(project)
    ran = project.lumos(*line, "--yes", code=code)
    assert state(project) == before
    return ran


# G1: a version never changes.


@pytest.mark.parametrize(
    "line",
    [
        ("update",),
        ("update", "hello"),
        ("update", "--latest"),
        ("add", "tool", "demo/other"),
        ("add", "tool", "demo/hello@1.0.0"),
        ("add", "tool", "demo/hello@^1"),
    ],
)
@pytest.mark.parametrize("newer", [False, True])
def test_other_bytes_of_the_locked_version_are_refused(
    project: Shell, registry: StaticRegistry, line: tuple[str, ...], newer: bool
) -> None:
    """Also where a newer release would be chosen: the index rewrote what was published."""
    first = registry.publish("demo/hello")
    registry.publish("demo/other")
    project.lumos("add", "tool", "demo/hello")
    second = registry.publish("demo/hello", files={"demo_hello/more.txt": "changed"})
    registry.withdraw("demo/hello", first.sha256)
    if newer:
        registry.publish("demo/hello", "1.1.0")
    ran = refused(project, *line)
    assert "A release never changes" in ran.err
    assert first.sha256 in ran.err
    assert second.sha256 in ran.err


def test_install_refuses_other_bytes_of_the_locked_version(
    project: Shell, registry: StaticRegistry
) -> None:
    wheel = registry.publish("demo/hello")
    project.lumos("add", "tool", "demo/hello")
    changed = registry.stored(wheel).read_bytes()[:-1] + b"!"
    registry.stored(wheel).write_bytes(changed)
    (project.folder / ".lumos" / "env").rename(project.folder / "gone")
    ran = refused_install(project)
    assert wheel.sha256 in ran.err


def refused_install(project: Shell) -> Ran:
    return project.lumos("install", code=6, LUMOS_CACHE_DIR=str(project.folder.parent / "fresh"))


# G3: what is needed comes from the wheel.

ACME = "acme/finder"


def moved(tool: str) -> dict[str, Any]:
    return {"tools": [], "python": [f"{tool.replace('/', '-')}>=1"]}


@pytest.mark.parametrize("finder", ["acme/finder", "demo/finder", "lumos/finder"])
@pytest.mark.parametrize(
    "written",
    [
        "{0}>=1",
        "{1}>=1",
        "{0}[fast]>=1",
        '{0}>=1; python_version >= "3.9"',
        '{1}[fast]>=1; extra == "more"',
    ],
)
def test_a_tool_that_an_index_moves_to_the_python_packages_is_refused(
    project: Shell, registry: StaticRegistry, index: Path, finder: str, written: str
) -> None:
    """However the author spelled it: ``acme-finder``, ``Acme_Finder``, with extras or a marker."""
    registry.publish(finder)
    name = finder.replace("/", "-")
    need = written.format(name, name.title().replace("-", "_"))
    registry.publish("demo/hello", dependencies=[need])
    registry.change("demo/hello", "1.0.0", dependencies={"tools": [], "python": [need]})
    ran = refused(project, "add", "tool", "demo/hello")
    assert "name of a tool" in ran.err


@pytest.mark.parametrize(
    "dependencies",
    [
        {"tools": [], "python": []},
        {"tools": [{"tool": ACME, "specifier": ">=1"}], "python": []},
        {"tools": [], "python": ["helper>=1"]},
        {"tools": [{"tool": ACME, "specifier": ""}], "python": ["helper>=1"]},
        {"tools": [{"tool": ACME, "specifier": ">=1"}], "python": ["helper"]},
        {"tools": [{"tool": ACME, "specifier": ">=1"}], "python": ["helper>=1", "six"]},
        {
            "tools": [{"tool": ACME, "specifier": ">=1"}, {"tool": "demo/more", "specifier": ""}],
            "python": ["helper>=1"],
        },
        {"tools": [{"tool": ACME, "specifier": ">=1"}], "python": ["helper>=1", "acme-finder>=1"]},
        {"tools": [{"tool": ACME, "specifier": ">=1"}], "python": ['helper>=1; extra == "x"']},
        {"tools": [{"tool": ACME, "specifier": ">=1"}], "python": ["helper[x]>=1"]},
    ],
)
def test_an_index_neither_adds_nor_omits_nor_changes_a_need(
    project: Shell, registry: StaticRegistry, index: Path, dependencies: dict[str, Any]
) -> None:
    registry.publish(ACME)
    registry.publish("demo/more")
    registry.publish("demo/hello", dependencies=["acme-finder>=1", "helper>=1"])
    registry.change("demo/hello", "1.0.0", dependencies=dependencies)
    ran = refused(project, "add", "tool", "demo/hello")
    assert "The dependencies differ" in ran.err


def test_what_is_no_tool_still_comes_from_the_python_index(
    project: Shell, registry: StaticRegistry, index: Path
) -> None:
    third_party(index, "foo-bar")
    registry.publish(ACME)
    needs = ["Acme.Finder >=1,<3", "Foo_Bar[x] >= 1", 'six; python_version > "3"', "helper"]
    registry.publish("demo/hello", dependencies=needs)
    project.lumos("add", "tool", "demo/hello")
    assert "foo-bar==1.0.0" in project.read("lumos.lock")
    project.lumos("remove", "tool", "hello")


@pytest.mark.parametrize("name", ["demo-finder", "Demo_Finder", "lumos.finder"])
def test_a_lock_file_of_a_stranger_pins_no_package_with_the_name_of_a_tool(
    project: Shell, registry: StaticRegistry, index: Path, name: str
) -> None:
    registry.publish("demo/hello")
    project.lumos("add", "tool", "demo/hello")
    lock = project.folder / "lumos.lock"
    pin = f"{name}==1.0.0 --hash=sha256:{'0' * 64}"
    lock.write_text(
        re.sub("^registry", f'python = ["{pin}"]\nregistry', lock.read_text(), flags=re.M)
    )
    assert "name of a tool" in refused(project, "install").err


@pytest.mark.parametrize("text", ["nonsense", "=>1", ["x"], 3])
def test_a_range_that_cannot_be_read_is_an_error_in_three_lines(
    project: Shell, registry: StaticRegistry, text: object
) -> None:
    registry.publish(ACME)
    registry.publish("demo/hello")
    dependencies = {"tools": [{"tool": ACME, "specifier": text}], "python": []}
    registry.change("demo/hello", "1.0.0", dependencies=dependencies)
    assert "cannot be read" in refused(project, "add", "tool", "demo/hello", code=5).err


# G6: whose Python index.

USING_HELPER = '''"""Uses a package of someone else."""
from dataclasses import dataclass

import helper


@dataclass
class Greeting:
    text: str


def hello(name: str, times: int = 1) -> Greeting:
    """Greet someone."""
    return Greeting(helper.VERSION)
'''


@pytest.mark.parametrize("above", [False, True])
@pytest.mark.parametrize("file", ["uv.toml", "pyproject.toml"])
@pytest.mark.parametrize("own", ["environment", "uv.toml"])
def test_a_project_does_not_choose_the_python_index(
    project: Shell, registry: StaticRegistry, tmp_path: Path, file: str, above: bool, own: str
) -> None:
    """uv's own settings of the user count, those of a cloned repository do not."""
    mine, evil, home = tmp_path / "mine", tmp_path / "evil", tmp_path / "home"
    third_party(mine, "helper", "1.0.0")
    third_party(evil, "helper", "9.9.9")
    project.environment["XDG_CONFIG_HOME"] = str(home)
    if own == "uv.toml":
        (home / "uv").mkdir(parents=True)
        (home / "uv" / "uv.toml").write_text(f'no-index = true\nfind-links = ["{mine}"]\n')
    else:
        project.environment |= {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(mine)}
    text = f'no-index = true\nfind-links = ["{evil}"]\n'
    if file == "pyproject.toml":
        text = f"[tool.uv]\n{text}"
    (project.folder.parent if above else project.folder).joinpath(file).write_text(text)
    registry.publish("demo/hello", code=USING_HELPER, dependencies=["helper"])
    project.lumos("add", "tool", "demo/hello")
    assert "helper==1.0.0" in project.read("lumos.lock")
    assert "9.9.9" not in project.read("lumos.lock")


def test_pip_and_venv_run_no_module_of_the_project(
    project: Shell, registry: StaticRegistry, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    third_party(mine, "helper")
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w').close()\nraise SystemExit(9)\n"
    for name in ("pip.py", "venv.py", "ensurepip.py", "pip.conf"):
        (project.folder / name).write_text(code if name.endswith("py") else "[global]\nno-index=x")
    registry.publish("demo/hello", code=USING_HELPER, dependencies=["helper"])
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "lumos.cli", "add", "tool", "demo/hello"],
        cwd=project.folder,
        env={
            **BASE,
            **project.environment,
            "PYTHONPATH": str(ROOT),
            "LUMOS_NO_UV": "1",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(mine),
            "PIP_CONFIG_FILE": os.devnull,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert not mark.exists()
    assert ran.returncode == 0, ran.stderr
