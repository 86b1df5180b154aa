"""What a marketplace on one machine needs before it serves; each step is quick when done before."""

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
from registry.cli_wheel import add_cli_wheel
from registry.tree import write_config
from search.engines.base import SearchUnavailable
from search.factory import search_engine

DEMO_EMAIL = "demo@example.com"
MODERATOR_EMAIL = "moderator@example.com"
OFFICIAL_EMAIL = "official@localhost.localdomain"


def make_folders() -> None:
    """DATA_DIR, the folders in it, and the secret of a marketplace on one machine.

    Other users of the machine pass through to the public tree, and read nothing else.
    """
    root = Path(settings.DATA_DIR)
    root.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # it belongs to somebody else: then that one decides
        root.chmod(0o711)
        for name in ("tmp", "private", "search", "stamps"):
            (root / name).mkdir(exist_ok=True)
            (root / name).chmod(0o700)
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # The files that SQLite makes beside this one take its mode.
        Path(database["NAME"]).touch(mode=0o600)
        Path(database["NAME"]).chmod(0o600)
    try:
        _ = settings.SECRET_KEY
    except ImproperlyConfigured:  # it is empty: this process began before there was one
        settings.SECRET_KEY = _kept_secret(settings.SECRET_KEY_FILE, 50)


def _kept_secret(path: Path, size: int) -> str:
    """A secret that is made once and readable by us alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(size))
    return path.read_text()


def database_problem() -> str:
    """Why the database cannot be used, with a fix; empty where it answers."""
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


def migrate() -> None:
    """The database's tables; only where there are migrations that it has not seen."""
    # What was applied is part of the stamp, so that another database is never taken for this one.
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    _unless_done(
        "database",
        [path for folder in folders for path in folder.glob("*.py")],
        lambda: call_command("migrate", verbosity=0, interactive=False),
        state=_applied,
    )


def _applied() -> str:
    """Which database this is, and what was applied to it."""
    known = settings.DATABASES["default"]
    where = [str(known.get(part, "")) for part in ("ENGINE", "HOST", "PORT", "NAME")]
    try:
        rows = MigrationRecorder.Migration.objects.values_list("app", "name", "applied")
        return f"{where} {sorted(map(str, rows))}"
    except DatabaseError:  # no tables yet
        return ""


def collect_static() -> None:
    """The site's assets, compressed and named by their hash; only where they changed."""
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
    """The official namespace, and for development a publisher and a moderator to try."""
    official, _ = User.objects.get_or_create(
        email=OFFICIAL_EMAIL,
        defaults={"display_name": settings.SITE_NAME, "password": "!", "is_active": True},
    )
    if not Namespace.objects.filter(name=OFFICIAL_NAMESPACE).exists():
        made = create_namespace(by=official, name=OFFICIAL_NAMESPACE, official=True)
        Namespace.objects.filter(pk=made.pk).update(
            verified=True, description="The official tools, kept by the marketplace itself."
        )
    if not settings.PRODUCTION:
        _make_demo()


def _make_demo() -> None:
    demo = _account(DEMO_EMAIL, "Demo publisher", demo_password())
    if not demo.namespaces.filter(name="demo").exists():
        create_namespace(by=demo, name="demo")
    _account(MODERATOR_EMAIL, "Demo moderator", moderator_password(), is_staff=True)


def _account(email: str, name: str, password: str, *, is_staff: bool = False) -> User:
    """An account with a confirmed address; one that exists keeps its password and its rights."""
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
    """Made once for each DATA_DIR, so that no two marketplaces share one."""
    return _kept_secret(Path(settings.DATA_DIR) / name, 9)


def serve_cli() -> None:
    """The command's own wheel, on /simple/lumos-cli/."""
    sources = [path for path in (settings.BASE_DIR / "lumos").rglob("*") if path.suffix != ".pyc"]
    _unless_done("cli", [*sources, settings.BASE_DIR / "pyproject.toml"], _build_cli)


def _build_cli() -> None:
    add_cli_wheel(build_wheel(settings.BASE_DIR, Path(settings.DATA_DIR) / "dist" / "cli"))


def open_index() -> None:
    """The registry's entry and the search index exist, even while they are empty."""
    if not public_store().exists("index/config.json"):
        write_config()
    try:
        search_engine().count()
    except SearchUnavailable:  # the start goes on: search says 503 until the worker has rebuilt it
        print("The search index is damaged. The worker rebuilds it; search answers 503 meanwhile.")


def install_sandbox() -> None:
    """Say what is not measured where the sandbox's program is missing, and install it as root.

    Only where it is missing: whether it holds is what the worker's canary finds out.
    """
    if shutil.which("bwrap"):
        return
    import sandbox  # noqa: PLC0415 - the start is quicker without it

    status = sandbox.status()
    kept = "held" if settings.UNTESTED == "hold" else "published as untested"
    print(
        f"{status.reason}\nWithout it no example is run: performance and compatibility stay "
        f"unmeasured, and tools are {kept}.",
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
    ("lumos-cli", serve_cli),
    ("sandbox", install_sandbox),
)


def _unless_done(
    name: str,
    sources: Iterable[Path],
    do: Callable[[], object],
    state: Callable[[], str] = str,
) -> None:
    """Do it unless it was done for sources of the same names, sizes and times.

    ``state`` says what it left behind: it is done again where that is no longer so.
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
