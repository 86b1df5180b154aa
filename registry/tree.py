"""The list of distributions, config.json and the markers of namespaces, with their lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from catalog.models import Tool, ToolStatus
from core.store import Store, StoreKeyError, public_store
from lumos.package.keys import namespace_key
from registry import documents, simple

CLI = "lumos-cli"
CONFIG = "index/config.json"
ROOT_HTML, ROOT_JSON = "simple/index.html", "simple/index.json"
#: The key of the PostgreSQL advisory lock; nothing else may use this number.
_LOCK = 0x6C756D6F73


@contextmanager
def locked() -> Iterator[None]:
    """Lock the files that belong to no single tool; read the database inside the lock."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite allows one writer at a time anyway
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield


def put_if_new(store: Store, key: str, data: bytes) -> bool:
    """Store ``data`` unless it is stored already; returns whether it was written."""
    try:
        if store.get(key) == data:
            return False
    except StoreKeyError:
        pass
    store.put(key, data)
    return True


def write_config() -> None:
    """``/index/config.json``, and a first, empty list of distributions."""
    put_if_new(public_store(), CONFIG, documents.config(settings.SITE_NAME))
    write_root()


def write_root() -> None:
    """``/simple/``: every distribution that has a page, except deleted ones."""
    store = public_store()
    with locked():
        tools = Tool.objects.exclude(status=ToolStatus.DELETED)
        names = set(tools.values_list("distribution", flat=True))
        if store.exists(f"simple/{CLI}/index.json"):
            names.add(CLI)
        put_if_new(store, ROOT_HTML, simple.root_html(names))
        put_if_new(store, ROOT_JSON, simple.root_json(names))


def list_distribution(name: str, *, listed: bool) -> None:
    """Rewrite ``/simple/`` only if it must gain or lose this distribution.

    The page lists every tool, and most changes of a tool do not affect it.
    """
    store = public_store()
    with locked():
        if not _says(store, name, listed=listed):
            write_root()


def _says(store: Store, name: str, *, listed: bool) -> bool:
    marks = {ROOT_HTML: f'<a href="{name}/">', ROOT_JSON: f'{{"name":"{name}"}}'}
    try:
        return all((mark.encode() in store.get(key)) == listed for key, mark in marks.items())
    except StoreKeyError:
        return False


def claim(namespace: str) -> str:
    """Write a marker file for a namespace before its first release; returns the file's key.

    Servers check for the marker, so that names with the prefix of a namespace are not looked up
    in the upstream index, where anyone could have registered them.
    """
    key = namespace_key(namespace)
    put_if_new(public_store(), key, b"")
    return key


def write_project(store: Store, project: simple.Project) -> None:
    """Both representations of a distribution's page."""
    for key, data in project_files(project).items():
        put_if_new(store, key, data)


def project_files(project: simple.Project) -> dict[str, bytes]:
    """Both representations by their keys."""
    return {
        f"simple/{project.name}/index.html": simple.project_html(project),
        f"simple/{project.name}/index.json": simple.project_json(project),
    }
