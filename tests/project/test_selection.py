"""What `make test` repeats on the second database: nothing that depends on it is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests import selection


@dataclass(eq=False)
class Item:
    """As much of a test as the choice depends on."""

    path: Path
    fixturenames: tuple[str, ...] = ()
    marks: tuple[pytest.Mark, ...] = field(default=())
    nodeid: str = "a test"

    def iter_markers(self) -> tuple[pytest.Mark, ...]:
        return self.marks

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next((mark for mark in self.marks if mark.name == name), None)


def _file(folder: Path, name: str, source: str = "") -> Path:
    path = folder / name
    path.write_text(source)
    return path


def _repeated(*items: Item) -> list[Any]:
    return selection.repeated(items)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "place", [*selection.FOLDERS, *selection.FILES, *selection.PROVED_ELSEWHERE, *selection.PURE]
)
def test_every_path_that_the_selection_names_exists(place: str) -> None:
    path = selection.TESTS / place
    assert path.exists(), f"tests/selection.py names {place}: write there where its tests are now"


@pytest.mark.parametrize("name", selection.SINGLE)
def test_a_single_test_that_the_selection_names_exists_and_is_repeated(name: str) -> None:
    path, _, test = name.partition("::")
    assert f"def {test}(" in (selection.TESTS / path).read_text()
    first, it = (
        Item(selection.TESTS / path, ("db",), nodeid=f"tests/{path}::{one}")
        for one in ("test_of_nobody", f"{test}[of a case]")
    )
    assert selection.depends_on_database(it)  # type: ignore[arg-type]
    assert not selection.depends_on_database(first)  # type: ignore[arg-type]


def test_of_a_file_that_touches_the_database_at_least_one_test_is_repeated(tmp_path: Path) -> None:
    path = _file(tmp_path, "test_pages.py")
    pure, first, second = Item(path), Item(path, ("db",)), Item(path, ("cast", "db"))
    assert _repeated(pure, first, second) == [first]


@pytest.mark.parametrize(
    "item",
    [
        {"fixturenames": ("transactional_db",)},
        {"fixturenames": ("machine", "machines")},
        {"marks": (pytest.mark.django_db(transaction=True).mark,)},
        {"marks": (pytest.mark.services.mark,)},
    ],
)
def test_what_commits_or_starts_processes_is_repeated(tmp_path: Path, item: Any) -> None:
    path = _file(tmp_path, "test_pages.py")
    first, it = Item(path, ("db",)), Item(path, **item)
    assert _repeated(first, it) == [first, it]


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import IntegrityError",
        "from threading import Thread",
        "with transaction.atomic():",
        "Tool.objects.select_for_update()",
        'call_command("migrate")',
        "from core.jobs import work",
        "from core.models import Job, JobState",
    ],
)
def test_a_file_about_what_databases_do_differently_is_repeated_whole(
    tmp_path: Path, source: str
) -> None:
    path = _file(tmp_path, "test_new.py", source)
    items = [Item(path, ("db",)) for _ in range(3)]
    assert _repeated(*items) == items


@pytest.mark.parametrize("folder", selection.FOLDERS)
def test_a_new_file_in_a_folder_about_the_database_is_repeated_whole(folder: str) -> None:
    items = [Item(selection.TESTS / folder / "__init__.py", ("db",)) for _ in range(3)]
    assert _repeated(*items) == items


def test_what_touches_no_database_or_drives_a_browser_is_not_repeated(tmp_path: Path) -> None:
    path = _file(tmp_path, "test_pages.py", "from django.db import IntegrityError")
    browser = Item(path, ("transactional_db",), (pytest.mark.browser.mark,))
    assert _repeated(Item(path), browser) == []


def test_a_folder_that_is_not_read_there_may_hold_no_test_of_the_database() -> None:
    path = selection.TESTS / selection.PURE[0] / "test_new.py"
    selection.refuse_database_in_pure_folders([Item(path)])  # type: ignore[list-item]
    with pytest.raises(pytest.UsageError, match="touches the database"):
        selection.refuse_database_in_pure_folders([Item(path, ("db",))])  # type: ignore[list-item]
