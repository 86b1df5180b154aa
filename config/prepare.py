"""Prepare a marketplace on one machine. Each step is quick if it was done before."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.actions import create_namespace
from accounts.models import Namespace, User
from core.hatch import build_wheel
from core.store import public_store
from lumos.package.names.tools import OFFICIAL_NAMESPACE
from marketplace import stored
from registry.cli_wheel import add_cli_wheel
from registry.tree import write_config
from search.engines.base import SearchUnavailable
from search.factory import search_engine

DEMO_EMAIL = "demo@example.com"
MODERATOR_EMAIL = "moderator@example.com"
OFFICIAL_EMAIL = "official@localhost.localdomain"


def make_folders() -> None:
    """Create DATA_DIR, its folders and the secret key.

    Other users of the machine can read the public files and nothing else.
    """
    root = Path(settings.DATA_DIR)
    root.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # the folder belongs to another user
        root.chmod(0o711)
        for name in ("tmp", "private", "search", "stamps"):
            (root / name).mkdir(exist_ok=True)
            (root / name).chmod(0o700)
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # SQLite's journal files get the mode of this file.
        Path(database["NAME"]).touch(mode=0o600)
        Path(database["NAME"]).chmod(0o600)
    try:
        _ = settings.SECRET_KEY
    except ImproperlyConfigured:  # empty: the key did not exist when this process started
        settings.SECRET_KEY = _stored_secret(settings.SECRET_KEY_FILE, 50)


def _stored_secret(path: Path, size: int) -> str:
    """Read a secret from a file, generated on first use and readable by this user only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(size))
    return path.read_text()


def database_problem() -> str:
    """Why the database cannot be used and how to fix it, or ""."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        where = settings.DATABASES["default"]
        place = f"{where['HOST']}:{where['PORT'] or 5432}" if where.get("HOST") else where["NAME"]
        reason = str(error).strip().splitlines()[0]
        return (
            f"DATABASE_URL: the database at {place} cannot be used: {reason}\n"
            "Start it, or correct DATABASE_URL; unset it for SQLite in DATA_DIR."
        )
    return ""


def pythons_problem() -> str:
    """Which program of SANDBOX_PYTHONS is not a Python and how to fix it, or ""."""
    from sandbox.interpreter import interpreter  # noqa: PLC0415 - the start is quicker without it

    try:
        for command in settings.SANDBOX_PYTHONS:
            interpreter(command)
    except ValueError as error:
        return f"SANDBOX_PYTHONS: {error} Or unset it to find the Pythons of this machine."
    return ""


def migrate() -> None:
    """Run migrations, unless all were applied."""
    # The stamp includes the applied migrations, so that it is not valid for another database.
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    _unless_done(
        "database",
        [path for folder in folders for path in folder.glob("*.py")],
        lambda: call_command("migrate", verbosity=0, interactive=False),
        state=_applied,
    )


def _applied() -> str:
    """Identifies the database and its applied migrations."""
    known = settings.DATABASES["default"]
    where = [str(known.get(part, "")) for part in ("ENGINE", "HOST", "PORT", "NAME")]
    try:
        rows = MigrationRecorder.Migration.objects.values_list("app", "name", "applied")
        return f"{where} {sorted(map(str, rows))}"
    except DatabaseError:  # no tables yet
        return ""


def collect_static() -> None:
    """Collect static files, compressed and named by their hash, if they have changed."""
    sources = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*")]
    _unless_done(
        "static",
        [*sources, settings.BASE_DIR / "requirements.txt"],
        lambda: call_command(
            "collectstatic",
            verbosity=0,
            interactive=False,
            ignore_patterns=["redoc", "rest_framework", "swagger-ui-es-*"],
        ),
    )


def make_accounts() -> None:
    """Create the official namespace and, in development, a demo publisher and moderator."""
    official, _ = User.objects.get_or_create(
        email=OFFICIAL_EMAIL,
        defaults={"display_name": settings.SITE_NAME, "password": "!", "is_active": True},
    )
    if not Namespace.objects.filter(name=OFFICIAL_NAMESPACE).exists():
        namespace = create_namespace(by=official, name=OFFICIAL_NAMESPACE, official=True)
        Namespace.objects.filter(pk=namespace.pk).update(
            verified=True, description="The official tools, maintained by this marketplace."
        )
    if not settings.PRODUCTION:
        _make_demo()


def _make_demo() -> None:
    demo = _account(DEMO_EMAIL, "Demo publisher", demo_password())
    if not demo.namespaces.filter(name="demo").exists():
        create_namespace(by=demo, name="demo")
    _account(MODERATOR_EMAIL, "Demo moderator", moderator_password(), is_staff=True)


def _account(email: str, name: str, password: str, *, is_staff: bool = False) -> User:
    """Get or create an account with a verified address; an existing one keeps its password."""
    user, new = User.objects.get_or_create(
        email=email, defaults={"display_name": name, "is_staff": is_staff}
    )
    if new or not user.has_usable_password():
        user.set_password(password)
        user.save()
        EmailAddress.objects.update_or_create(
            user=user, email=email, defaults={"verified": True, "primary": True}
        )
    return user


def demo_password() -> str:
    """The demo publisher's password."""
    return _password("demo_password")


def moderator_password() -> str:
    """The demo moderator's password."""
    return _password("moderator_password")


def _password(name: str) -> str:
    """A password that is generated once per DATA_DIR."""
    return _stored_secret(Path(settings.DATA_DIR) / name, 9)


def serve_cli() -> None:
    """Build the wheel of lumos-cli and serve it on /simple/lumos-cli/."""
    sources = [path for path in (settings.BASE_DIR / "lumos").rglob("*") if path.suffix != ".pyc"]
    _unless_done("cli", [*sources, settings.BASE_DIR / "pyproject.toml"], _build_cli)


def _build_cli() -> None:
    add_cli_wheel(build_wheel(settings.BASE_DIR, Path(settings.DATA_DIR) / "dist" / "cli"))


def open_index() -> None:
    """Create the registry's config.json and the search index if they are missing."""
    if not public_store().exists("index/config.json"):
        write_config()
    try:
        search_engine().count()
    except SearchUnavailable:  # start anyway; the worker rebuilds it
        print("The search index is damaged. Search answers 503 until the worker has rebuilt it.")


def forget_feeds() -> None:
    """Remove the stored feeds and the sitemap if the addresses in them are out of date."""
    _unless_done(
        "feeds",
        [settings.BASE_DIR / "marketplace" / "feeds.py"],
        stored.forget,
        state=lambda: f"{settings.SITE_URL} {settings.SITE_NAME}",
    )


def install_sandbox() -> None:
    """Install the sandbox's program if it is missing and this is root; otherwise print advice.

    Whether an installed sandbox works is tested by the worker's canary.
    """
    if shutil.which("bwrap"):
        return
    import sandbox  # noqa: PLC0415 - the start is quicker without it

    status = sandbox.status()
    consequence = "held" if settings.UNTESTED == "hold" else "published as untested"
    print(
        f"{status.reason}\nWithout it, examples are not run: performance and compatibility are not "
        f"measured, and tools are {consequence}.",
        flush=True,
    )
    if status.install_command and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Running it now, as root: {status.install_command}", flush=True)
        for command in ("apt-get update", status.install_command):
            subprocess.run(shlex.split(command), check=False, stdout=subprocess.DEVNULL)  # noqa: S603


STEPS: tuple[tuple[str, Callable[[], None]], ...] = (
    ("database", migrate),
    ("accounts", make_accounts),
    ("assets", collect_static),
    ("registry", open_index),
    ("feeds", forget_feeds),
    ("lumos-cli", serve_cli),
    ("sandbox", install_sandbox),
)


def _unless_done(
    name: str,
    sources: Iterable[Path],
    do: Callable[[], object],
    state: Callable[[], str] = str,
) -> None:
    """Call ``do`` unless it was done for sources with the same names, sizes and times.

    It is also repeated if the result of ``state`` has changed since.
    """
    seen = hashlib.sha256()
    for path in sorted(sources):
        if path.is_file():
            stat = path.stat()
            seen.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    stamp = Path(settings.DATA_DIR) / "stamps" / name
    if stamp.exists() and stamp.read_text() == _stamp(seen.hexdigest(), state()):
        return
    do()
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(_stamp(seen.hexdigest(), state()))


def _stamp(sources: str, state: str) -> str:
    return hashlib.sha256(f"{sources} {state}".encode()).hexdigest()
