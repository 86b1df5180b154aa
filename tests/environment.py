"""Where a test run lives: folders and services of its own, never the developer's.

Imported by conftest before Django reads its settings, in every process of pytest-xdist. What
the shell has set for a marketplace is put aside, but for DATABASE_URL and REDIS_URL: with them
the same suite runs on PostgreSQL and Redis, in databases made for this run alone.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from tests.support.services import claim_redis, drop_run

#: Settings of a marketplace that must not leak from the shell into a test.
OURS = (
    "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DEBUG", "EMAIL_URL", "HOST", "LOG_LEVEL",
    "LUMOS_REGISTRY", "LUMOS_TOKEN", "MAIL_FROM", "PORT", "PRODUCTION", "PYTHON_INDEX",
    "QUALITY_GATE", "RATE_ANON", "RATE_PUBLISH", "RATE_USER", "SANDBOX_PYTHONS", "SECRET_KEY",
    "SITE_NAME", "SITE_URL", "STATIC_FROM_SOURCE", "UNTESTED", "UPSTREAM_INDEX", "WORKER_THREADS",
)  # fmt: skip

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "REQUIRE_OFFICIAL_TOOLS": "0",
    "SECRET_KEY": "Zm3kX8vQ1tLw7RyB5nHc2JdF9sGpA4uKe6oTqWi0YxVbNzMh-_",
    "STATIC_FROM_SOURCE": "1",  # the site's assets as they stand, without collectstatic
    "LOG_LEVEL": "ERROR",
    # One Python is enough where the Pythons are not the subject.
    "SANDBOX_PYTHONS": sys.executable,
    # A lease renewed from a thread would wait for the transaction that a test holds open.
    "JOB_LEASE_SECONDS": "600",
}


def worker_id() -> str:
    """``gw0``, ``gw1`` … in the processes of pytest-xdist, else ``main``."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def run_id() -> str:
    """Short and random, the same in all processes of a run; part of every name it makes."""
    return os.environ["LUMOS_TEST_RUN"]


def everything() -> bool:
    """Whether this is `make test-all`: every example, every address, both databases."""
    return os.environ.get("LUMOS_TEST_ALL") == "1"


def root() -> Path:
    """The folder of the whole run."""
    return Path(os.environ["LUMOS_TEST_ROOT"])


def prepare() -> None:
    """Set the environment; the first process of a run also makes and later removes the rest."""
    for name in OURS:
        os.environ.pop(name, None)
    if "LUMOS_TEST_ROOT" not in os.environ:
        _begin_run()
    data = root() / worker_id()
    for name in ("static", "tmp", "private", "search", "stamps"):  # as manage.py prepare does
        (data / name).mkdir(parents=True, exist_ok=True)
    os.environ.update(SETTINGS)
    os.environ["DATA_DIR"] = str(data)


def _begin_run() -> None:
    os.environ.setdefault("LUMOS_TEST_RUN", secrets.token_hex(4))
    folder = tempfile.mkdtemp(prefix="lumos-test-")
    os.environ["LUMOS_TEST_ROOT"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        atexit.register(drop_run, server, os.environ["LUMOS_TEST_RUN"])
    if url := os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"], release = claim_redis(url)
        atexit.register(release)
