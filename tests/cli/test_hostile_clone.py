"""A project that a stranger wrote: links lead nowhere, and nothing that he built runs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lumos.client import trust
from lumos.client.project import Project
from tests.cli.conftest import Ran, Shell, shell_in
from tests.cli.registry import serving

Plant = Callable[[Path, Path], None]
#: The project and what the command keeps for its user.
KEPT = ("work", "cache", "state")

COMMANDS = [
    ("add", "tool", "demo/other"),
    ("remove", "tool", "hello"),
    ("update",),
    ("install",),
    ("run", "hello", '{"name": "A"}'),
    ("serve", "--http", "127.0.0.1:0"),
]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Shell]:
    """A project with a tool in it, as its author commits it, and the registry behind it."""
    home = tmp_path_factory.mktemp("author")
    (home / "registry").mkdir()
    with serving(home / "registry") as registry:
        registry.publish("demo/hello")
        registry.publish("demo/other")
        shell = shell_in(home, registry, cache)
        shell.lumos("init", "--quiet")
        shell.lumos("add", "tool", "demo/hello")
        for name in KEPT:
            shutil.copytree(home / name, home / "kept" / name, symlinks=True)
        yield shell


@pytest.fixture
def installed(made_once: Shell) -> Shell:
    """The project, where it was made and as it was made."""
    home = made_once.folder.parent
    for name in KEPT:
        shutil.rmtree(home / name, ignore_errors=True)
        shutil.copytree(home / "kept" / name, home / name, symlinks=True)
    with made_once.standing_here({}):  # the copies have change times of their own
        trust.remember(Project(made_once.folder))
    return made_once


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What belongs to the user and lies outside the project."""
    folder = tmp_path / "outside"
    (folder / "deep").mkdir(parents=True)
    (folder / "precious.txt").write_text("mine")
    (folder / "deep" / "more.txt").write_text("mine too")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def three_lines(ran: Ran) -> None:
    assert [line.split()[0] for line in ran.err.strip().splitlines() if line.strip()][-3:] == [
        "error",
        "why",
        "try",
    ]


def symlink(place: Path, target: Path) -> None:
    place.symlink_to(target)


def hard_link(place: Path, target: Path) -> None:
    os.link(target, place)


def pipe(place: Path, _: Path) -> None:
    os.mkfifo(place)


def device(place: Path, _: Path) -> None:
    os.mknod(place, 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero: it never ends


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")


@pytest.mark.parametrize("line", COMMANDS, ids=lambda line: line[0])
def test_a_lumos_folder_that_is_a_link_is_refused(
    installed: Shell, outside: Path, line: tuple[str, ...]
) -> None:
    folder = installed.folder / ".lumos"
    shutil.move(folder, outside / "lumos")
    (outside / "lumos" / "env-0000").mkdir()
    symlink(folder, outside / "lumos")
    before = contents(outside)
    ran = installed.lumos(*line, code=2)
    assert "symbolic link" in ran.err
    three_lines(ran)
    assert contents(outside) == before
    assert (outside / "lumos" / "env-0000").is_dir()


@pytest.mark.parametrize("name", ["lumos.toml", "lumos.lock"])
@pytest.mark.parametrize("plant", [symlink, pipe, pytest.param(device, marks=needs_root)])
@pytest.mark.parametrize("line", COMMANDS, ids=lambda line: line[0])
def test_a_project_file_that_is_no_file_is_refused(
    installed: Shell, outside: Path, name: str, plant: Plant, line: tuple[str, ...]
) -> None:
    file = installed.folder / name
    target = outside / name
    shutil.move(file, target)
    before = contents(outside)
    plant(file, target)
    ran = installed.lumos(*line, code=3 if name == "lumos.toml" and plant is not symlink else 2)
    three_lines(ran)
    assert contents(outside) == before


@pytest.mark.parametrize(
    "plant", [symlink, hard_link, pipe, pytest.param(device, marks=needs_root)]
)
@pytest.mark.parametrize("line", COMMANDS[:4], ids=lambda line: line[0])
def test_a_lock_of_running_commands_that_is_no_file_of_ours_truncates_nothing(
    installed: Shell, outside: Path, plant: Plant, line: tuple[str, ...]
) -> None:
    busy = installed.folder / ".lumos" / "busy"
    busy.unlink()
    before = contents(outside)
    plant(busy, outside / "precious.txt")
    ran = installed.lumos(*line, code=2)
    assert contents(outside) == before
    three_lines(ran)


@pytest.mark.parametrize("name", [".gitignore", "env", "env-0000", "env/lumos-installed.txt"])
@pytest.mark.parametrize("target", ["missing.txt", "precious.txt", "deep", "."])
def test_no_link_in_the_lumos_folder_is_followed(
    installed: Shell, outside: Path, name: str, target: str
) -> None:
    place = installed.folder / ".lumos" / name
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    if name == "env-0000":  # what a killed command left is removed by the next that fills
        shutil.rmtree(installed.folder / ".lumos" / "env")
    before = contents(outside)
    symlink(place, outside / target)
    installed.lumos("install")
    installed.lumos("run", "hello", '{"name": "A"}')
    assert contents(outside) == before
    assert name == ".gitignore" or not place.is_symlink()


def evil(folder: Path, mark: Path) -> dict[str, Callable[[], None]]:
    """What a committed environment could hold."""
    site = next((folder / "lib").glob("python3*")) / "site-packages"
    code = f"open({str(mark)!r}, 'w').close()\n"

    def replaced(path: Path, text: str, mode: int = 0o644) -> None:
        """As git checks a file out: the old one is unlinked, a new one is made."""
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    module = site / "demo_hello" / "__init__.py"
    return {
        "interpreter": lambda: replaced(
            folder / "bin" / "python", f"#!/bin/sh\ntouch '{mark}'\nexec {sys.executable} $@", 0o755
        ),
        "module": lambda: replaced(module, code + module.read_text()),
        "new module": lambda: replaced(site / "dataclasses.py", code),
        "package in a new folder": lambda: replaced(site / "typing" / "__init__.py", code),
        "pth": lambda: replaced(site / "evil.pth", f"import os; os.system('touch {mark}')\n"),
        "pyvenv.cfg": lambda: replaced(folder / "pyvenv.cfg", "home = /nowhere\n"),
    }


KINDS = ["interpreter", "module", "new module", "package in a new folder", "pth", "pyvenv.cfg"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pull_that_replaces_a_file_of_the_environment_runs_nothing(
    installed: Shell, tmp_path: Path, kind: str
) -> None:
    mark = tmp_path / "mark"
    evil(installed.folder / ".lumos" / "env", mark)[kind]()
    for line in COMMANDS[-2:]:
        ran = installed.lumos(*line, code=4)
        assert "was not created here" in ran.err
        three_lines(ran)
    installed.lumos("install")
    installed.lumos("run", "hello", '{"name": "A"}')
    assert not mark.exists()


@pytest.mark.parametrize("line", COMMANDS[:4], ids=lambda line: line[0])
def test_an_environment_that_came_with_a_clone_is_made_anew(
    installed: Shell, tmp_path: Path, line: tuple[str, ...]
) -> None:
    """Its stamp fits the lock file, its owner is the user who cloned it: only the record tells."""
    mark = tmp_path / "mark"
    evil(installed.folder / ".lumos" / "env", mark)["module"]()
    clone = tmp_path / "clone"
    shutil.copytree(installed.folder, clone, symlinks=True)
    shell = Shell(clone, installed.environment)
    for run in COMMANDS[-2:]:
        assert "was not created here" in shell.lumos(*run, code=4).err
    ran = shell.lumos(*line, "--yes")
    assert "up to date" not in ran.err
    if line[0] != "remove":
        shell.lumos("run", "hello", '{"name": "A"}')
    assert not mark.exists()


def test_an_environment_of_the_user_is_taken_as_it_is(installed: Shell) -> None:
    assert "up to date" in installed.lumos("install").err
    assert installed.lumos("run", "hello", '{"name": "A"}').json["success"]
    cached = next((installed.folder / ".lumos" / "env").rglob("demo_hello/__init__.py"))
    assert cached.is_file()
    assert installed.lumos("run", "hello", '{"name": "A"}').json["success"]


def test_a_user_can_trust_an_environment_that_was_made_elsewhere(
    installed: Shell,
) -> None:
    """An image that somebody built and runs on another machine."""
    home = installed.folder.parent
    shutil.rmtree(home / "state")
    line = COMMANDS[-2]
    installed.lumos(*line, code=4)
    for trusted in (str(installed.folder), str(home), "*", f"/x:{home}"):
        assert installed.lumos(*line, LUMOS_TRUSTED_PROJECTS=trusted).json["success"]
    for other in ("", "/elsewhere", str(installed.folder) + "2", str(installed.folder / "sub")):
        installed.lumos(*line, code=4, LUMOS_TRUSTED_PROJECTS=other)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to another user")
@pytest.mark.parametrize("name", [".", "lumos.toml", "lumos.lock", ".lumos"])
@pytest.mark.parametrize("line", COMMANDS, ids=lambda line: line[0])
def test_a_project_of_another_user_is_refused_also_to_root(
    installed: Shell, name: str, line: tuple[str, ...]
) -> None:
    os.chown(installed.folder / name, 65534, 65534)
    ran = installed.lumos(*line, code=4)
    assert "belongs to another user" in ran.err
    assert f"LUMOS_TRUSTED_PROJECTS={installed.folder}" in ran.err
    three_lines(ran)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to another user")
def test_the_owner_of_a_folder_above_is_asked_about_too(
    installed: Shell,
) -> None:
    """As with a ``lumos.toml`` that somebody puts into /tmp."""
    os.chown(installed.folder, 65534, 65534)
    inner = installed.folder / "inner"
    inner.mkdir()
    ran = installed.inside("inner").lumos(*COMMANDS[-2], code=4)
    assert "belongs to another user" in ran.err
    trusted = str(installed.folder)
    line = ("add", "tool", "demo/other")
    installed.lumos(*line, LUMOS_TRUSTED_PROJECTS=trusted)
