"""What `make test` repeats on PostgreSQL, Redis and Celery; `make test-all` repeats it all.

Of the tests that touch the database, those whose end it can change are repeated:

* they commit, lock or start processes: a marker or a fixture says so;
* their folder or their file's source is about what databases do differently;
* and the first test of every other file, so that no file is forgotten as a whole.

What each view asks of the database is asked there too: by the walk over all addresses in
tests/security/test_authorization.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
#: Fixtures that mean: this test reads or writes the database.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "machines"}
#: Fixtures that mean: it commits, or processes of their own share the database.
COMMITTING_FIXTURES = {"transactional_db", "machines"}
#: Folders of which every test is repeated, and why.
FOLDERS = {
    "core": "jobs, leases, locks and the cache",
    "faults": "killed processes, lost services, rollbacks",
    "search": "full text search is PostgreSQL's own there",
    "analytics": "days, upserts and sums are computed by the database",
}
#: Files of which every test is repeated, and why.
FILES = {
    "accounts/test_namespaces.py": "names that are unique whatever their case",
    "api/test_pages.py": "cursors and the order of rows",
    "api/test_retried_writes.py": "a key that is written once",
    "performance/test_query_counts.py": "the queries themselves",
    "publishing/test_decisions.py": "a verdict is written once",
    "publishing/test_versions.py": "one release of a version, and the order of versions",
}
#: Single tests that are repeated, and why.
SINGLE = {
    "security/test_authorization.py::test_the_owner_meets_no_fault": "asks every view",
    "security/test_authorization.py::"
    "test_a_stranger_reads_what_is_public_and_writes_nothing": "asks the operators' views",
}
#: Files that start processes and are run on SQLite alone, and why that is enough.
PROVED_ELSEWHERE = {
    "e2e/test_first_steps.py": "the command's words; production_shape publishes and yanks there",
    "e2e/test_greeting.py": "printed text",
    "e2e/test_main_job.py": "the command's work; production_shape publishes and installs there",
    "e2e/test_publish_verdicts.py": "the command's exit codes",
    "e2e/test_run_command.py": "`manage.py run` on a machine without services",
    "security/test_headers.py": "headers of the web process",
    "security/test_slow_clients.py": "sockets of the web process",
}
#: Folders whose tests touch no database; the second one's run does not even read them.
PURE = ("cli", "official", "package", "quality", "sandbox", "scan", "store")
#: Words in a file's source that name what databases do differently.
SENSITIVE = re.compile(
    r"IntegrityError|OperationalError|DatabaseError|DataError|select_for_update|\batomic\("
    r"|\bThread\b|ThreadPool|migrat|MigrationExecutor|from django\.db import|\bcursor\b"
    r"|transaction=True|core\.jobs|core\.models import .*\bJob\b|JSONField|__has_key|__contains"
)


def touches_database(item: pytest.Item) -> bool:
    """Whether it reads or writes the database at all; how a page looks in a browser does not."""
    marks = {mark.name for mark in item.iter_markers()}
    if "browser" in marks:
        return False
    return bool(_fixtures(item) & DATABASE_FIXTURES or marks & {"django_db", "services"})


def is_pure(path: Path) -> bool:
    """Whether no test in this file or folder may touch the database."""
    return _name(path).split("/", 1)[0] in PURE


def refuse_database_in_pure_folders(items: Sequence[pytest.Item]) -> None:
    """A test that would be forgotten on the second database ends the run before it begins."""
    for item in items:
        if is_pure(item.path) and touches_database(item):
            raise pytest.UsageError(
                f"{item.nodeid} touches the database, so tests/selection.py must not list its "
                "folder in PURE"
            )


def repeated(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Those that the second database repeats, in their order."""
    touching = [item for item in items if touches_database(item)]
    first = {item.path: item for item in reversed(touching)}
    return [
        item
        for item in touching
        if depends_on_database(item)
        or (first[item.path] is item and _name(item.path) not in PROVED_ELSEWHERE)
    ]


def depends_on_database(item: pytest.Item) -> bool:
    """Whether the database behind it can change how the test ends."""
    name = _name(item.path)
    if item.get_closest_marker("services"):
        return True
    if name in PROVED_ELSEWHERE:
        return False
    mark = item.get_closest_marker("django_db")
    return (
        bool(_fixtures(item) & COMMITTING_FIXTURES)
        or bool(mark and mark.kwargs.get("transaction"))
        or name in FILES
        or f"{name}::{item.nodeid.partition('[')[0].rpartition('::')[2]}" in SINGLE
        or name.split("/", 1)[0] in FOLDERS
        or _is_sensitive(item.path)
    )


@cache
def _is_sensitive(path: Path) -> bool:
    return bool(SENSITIVE.search(path.read_text("utf-8")))


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _name(path: Path) -> str:
    return path.relative_to(TESTS).as_posix() if path.is_relative_to(TESTS) else path.as_posix()
