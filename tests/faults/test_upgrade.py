"""A database of an older version is upgraded in place and loses no row.

``data/`` holds the database that the commit of 2026-11-29 made: thirteen tools, two reviews, an
organization with an invitation, a yank, a quarantine. One copy is SQLite's file, the other a
PostgreSQL dump (``pg_dump --inserts``) of the same rows.
"""

from __future__ import annotations

import lzma
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests import environment

DATA = Path(__file__).with_name("data")
#: Tables that bear another name now.
RENAMED = {
    "accounts_organisation": "accounts_organization",
    "marketplace_review": "reviews_review",
}
#: Django adds to these for every model and every migration.
GROWING = {"django_migrations", "django_content_type", "auth_permission"}
Ask = Callable[[str], list[tuple[Any, ...]]]


def _migrate(url: str, data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "-v0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "REDIS_URL": "", "DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _counts(ask: Ask, tables: Iterable[str]) -> dict[str, int]:
    return {table: ask(f'select count(*) from "{table}"')[0][0] for table in tables}


def _check_that_nothing_is_lost(before: dict[str, int], ask: Ask, tables: list[str]) -> None:
    after = _counts(ask, tables)
    for table, rows in before.items():
        now = after[RENAMED.get(table, table)]
        assert now >= rows if table in GROWING else now == rows, table
    assert ask("select tool_id, stars from reviews_review order by id") != []
    assert ask("select name from accounts_organization") == [("Example group",)]
    words = ask("select action from core_auditentry where action like 'organ%' order by id")
    assert words == [("organization.create",), ("organization.invite",)]


def test_a_sqlite_file_of_the_version_before_is_upgraded_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    path.write_bytes(lzma.decompress((DATA / "2026-11-29.sqlite3.xz").read_bytes()))
    with sqlite3.connect(path) as database:
        names = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        ask: Ask = lambda query: database.execute(query).fetchall()  # noqa: E731
        before = _counts(ask, [name for (name,) in ask(names)])
        _migrate(f"sqlite:///{path}", tmp_path)
        _check_that_nothing_is_lost(before, ask, [name for (name,) in ask(names)])
        assert ask("pragma foreign_key_check") == []
    database.close()


@pytest.mark.services
def test_a_postgresql_dump_of_the_version_before_is_upgraded_without_loss(tmp_path: Path) -> None:
    server = os.environ["DATABASE_URL"]
    name = f"lumos_test_{environment.run_id()}_upgrade"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'create database "{name}"')  # type: ignore[call-overload]
    url = re.sub(r"/[^/]*$", f"/{name}", server)
    dump = lzma.decompress((DATA / "2026-11-29.sql.xz").read_bytes()).decode()
    statements = "\n".join(line for line in dump.splitlines() if not line.startswith("\\"))
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(statements)  # type: ignore[call-overload]
    with psycopg.connect(url, autocommit=True) as database:
        names = "select tablename from pg_tables where schemaname = 'public'"
        ask: Ask = lambda query: database.execute(query).fetchall()  # type: ignore[call-overload]  # noqa: E731
        before = _counts(ask, [name for (name,) in ask(names)])
        _migrate(url, tmp_path)
        _check_that_nothing_is_lost(before, ask, [name for (name,) in ask(names)])
