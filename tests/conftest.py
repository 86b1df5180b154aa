"""What every test gets: an environment of its own, a door, a cast."""

from __future__ import annotations

from tests import environment, ordering, selection

environment.prepare()  # before Django reads its settings

import os  # noqa: E402
import shutil  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import django  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

django.setup()
# The processes of pytest-xdist inherit this one's environment, and where it names the settings
# they would be read there before this file is.
del os.environ["DJANGO_SETTINGS_MODULE"]
# A real hash takes a fifth of a second of a processor, on purpose; tests sign in all the time.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The processes of a run may share one Redis.
django_settings.CACHES["default"]["KEY_PREFIX"] = environment.worker_id()

# The machine is shared: a slow moment is no failure.
hypothesis_settings.register_profile("quick", deadline=None, database=None, max_examples=25)
hypothesis_settings.register_profile("thorough", deadline=None, database=None, max_examples=200)
hypothesis_settings.load_profile("thorough" if environment.everything() else "quick")

from tests.support.cast import email_of, make_cast  # noqa: E402
from tests.support.machine import Machine  # noqa: E402
from tests.support.machines import Machines  # noqa: E402
from tests.support.recorded_checks import use_recorded_checks  # noqa: E402
from tests.support.transports import WsgiTransport  # noqa: E402
from tests.support.users import Person  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    """--second-database: leave out what another database cannot change (tests/selection.py)."""
    parser.addoption(
        "--second-database",
        choices=["chosen", "all"],
        help="only tests whose end the database can change, or all that touch it",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """On the second database, do not read what touches none."""
    if config.getoption("--second-database") and selection.is_pure(collection_path):
        return True
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what was not asked for, skip what this run has no services for, slow ones first."""
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        missing = pytest.mark.skip(reason="needs PostgreSQL and Redis: DATABASE_URL, REDIS_URL")
        for item in items:
            if item.get_closest_marker("services"):
                item.add_marker(missing)
    selection.refuse_database_in_pure_folders(items)
    _keep_for_second_database(config, items)
    items[:] = ordering.order(items, ordering.process_count())


def _keep_for_second_database(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--second-database")
    if not wanted:
        return
    kept = (
        selection.repeated(items)
        if wanted == "chosen"
        else [item for item in items if selection.touches_database(item)]
    )
    left = set(map(id, kept))
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in left])
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A database file as in life, or a PostgreSQL database of this run."""
    database = django_settings.DATABASES["default"]
    name = f"lumos_test_{environment.run_id()}_{environment.worker_id()}"
    is_file = database["ENGINE"].endswith("sqlite3")
    database.setdefault("TEST", {})["NAME"] = (
        str(Path(django_settings.DATA_DIR) / "test.sqlite3") if is_file else name
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database; who still holds a connection to it at the end is sent away."""
    yield
    with django_db_blocker.unblock():
        send_guests_away()


def send_guests_away() -> None:
    """End the sessions of threads that served a test, or PostgreSQL drops no database."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def own_folders(settings: Any) -> Iterator[Path]:
    """DATA_DIR and all that lies in it, fresh for one test."""
    folder = Path(django_settings.DATA_DIR) / "one"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tmp").mkdir(parents=True)
    settings.DATA_DIR = folder
    settings.PUBLIC_DIR = folder / "public"
    settings.PRIVATE_DIR = folder / "private"
    settings.SEARCH_DIR = folder / "search"
    settings.DOWNLOAD_LOG_DIR = folder / "log" / "downloads"
    settings.FILE_UPLOAD_TEMP_DIR = folder / "tmp"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_cache() -> Iterator[None]:
    """No test sees what another cached, for instance how often somebody asked."""
    forget_cache()
    yield


def forget_cache() -> None:
    """Empty this process's part of the cache."""
    from django.core.cache import cache

    if not django_settings.REDIS_URL:
        cache.clear()
        return
    client = cache._cache.get_client(write=True)
    for key in client.scan_iter(match=f"{cache.key_prefix}:*", count=1000):
        client.delete(key)


@pytest.fixture
def recorded_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scanners and sandbox meet each package once in a run (tests/support/recorded_checks.py)."""
    use_recorded_checks(monkeypatch)


@pytest.fixture
def transport(own_folders: Path) -> WsgiTransport:
    """The whole WSGI application in this process: registry tree, site and API."""
    return WsgiTransport(_application)


def _application() -> Any:
    from core.store import public_store
    from registry.serve import StaticTree

    return StaticTree(
        _django_application(),
        store=public_store(),
        download_log=django_settings.DOWNLOAD_LOG_DIR,
        upstream_index=django_settings.UPSTREAM_INDEX,
    )


def _django_application() -> Any:
    from config.wsgi import application

    return application.app


@pytest.fixture(scope="session")
def machines() -> Machines:
    """Makes machines of real processes, on the database and the broker of this run."""
    return Machines(environment.root() / "machines")


@pytest.fixture
def machine(machines: Machines, tmp_path: Path) -> Iterator[Machine]:
    """A marketplace of real processes; a test starts those that it needs."""
    with machines.machine(tmp_path / "machine") as made:
        yield made
        print(made.logs())  # pytest shows it where the test failed


@pytest.fixture
def cast(db: None, transport: WsgiTransport) -> dict[str, Person]:
    """Everybody, by name (tests/support/cast.py says who is who)."""
    return {
        name: Person(name, email_of(name), transport, token) for name, token in make_cast().items()
    }


@pytest.fixture
def alice(cast: dict[str, Person]) -> Person:
    """Owns the namespace demo."""
    return cast["alice"]


@pytest.fixture
def bob(cast: dict[str, Person]) -> Person:
    """Maintains the namespace demo."""
    return cast["bob"]


@pytest.fixture
def dora(cast: dict[str, Person]) -> Person:
    """A member of the team who may not publish."""
    return cast["dora"]


@pytest.fixture
def charlie(cast: dict[str, Person]) -> Person:
    """The outsider, with a namespace of his own."""
    return cast["charlie"]


@pytest.fixture
def mallory(cast: dict[str, Person]) -> Person:
    """Another outsider, with bad intentions."""
    return cast["mallory"]


@pytest.fixture
def grace(cast: dict[str, Person]) -> Person:
    """Moderates."""
    return cast["grace"]


@pytest.fixture
def visitor(transport: WsgiTransport, db: None) -> Person:
    """Nobody we know."""
    return Person("visitor", "", transport)
