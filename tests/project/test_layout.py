"""The layout holds: imports point down, functions stay small, settings are in one file."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
PACKAGES: list[str] = CONFIGURATION["mypy"]["packages"]
SERVER = [package for package in PACKAGES if package != "lumos"]


def _sources(packages: list[str] = PACKAGES) -> Iterator[Path]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and "templates" not in path.parts:
                yield path


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_point_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_app_is_in_the_layers() -> None:
    layers = CONFIGURATION["importlinter"]["contracts"][0]["layers"]
    named = {name.strip() for layer in layers for name in layer.split("|")}
    named.add("web")  # beside the layers: contracts of its own say who may import it
    assert set(SERVER) <= named
    on_disk = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert on_disk <= named, "an app without a place in the layers"


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    sorter = TopologicalSorter(
        {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_function_is_longer_than_fifty_lines(package: str) -> None:
    long = [
        f"{_name(path)}:{node.lineno} {node.name} has {length} lines"
        for path in _sources([package])
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > 50
    ]
    assert long == []


def test_files_stay_readable() -> None:
    lengths = {_name(path): len(path.read_text().splitlines()) for path in _sources()}
    assert {name: length for name, length in lengths.items() if length > 450} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        _name(path)
        for path in _sources()
        if path.name not in ("__init__.py", "apps.py", "__main__.py")
        and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert silent == []


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id == "os" and node.attr in ("environ", "getenv")
    return False


#: Who may touch the environment: the settings; who starts a process hands it on; who is started
#: says which settings to read.
ALLOWED = {
    "config/settings.py", "config/celery.py", "config/wsgi.py", "config/asgi.py",
    "config/management/commands/run.py", "config/supervisor.py", "security_scan/isolated.py",
}  # fmt: skip


def test_the_server_reads_its_environment_in_one_file() -> None:
    readers = {
        _name(path)
        for path in _sources(SERVER)
        for node in ast.walk(ast.parse(path.read_text()))
        if _reads_environment(node)
    }
    started_programs = {name for name in readers if name.startswith("sandbox/")}
    assert readers - ALLOWED - started_programs == set()


def test_celery_knows_every_task_that_somebody_enqueues() -> None:
    from config.celery import SCHEDULE
    from core.jobs.work import tasks
    from publishing import followups

    named = {task for task, _ in (*followups.AFTER_CHANGE, *followups.AFTER_RELEASE)}
    named |= set(SCHEDULE)
    for path in _sources(SERVER):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) == "enqueue"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                named.add(node.args[0].value)
    assert named - set(tasks()) == set()
