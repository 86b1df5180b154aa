"""manage.py run: run the whole marketplace on one machine; called by `make run`."""

from __future__ import annotations

import errno
import os
import shlex
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config import prepare
from config.supervisor import Supervised, Supervisor


class Command(BaseCommand):
    """Prepares everything, starts web process and worker, and publishes the official tools."""

    help = "Run the marketplace: site, API, registry and worker, until Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped with SIGINT or SIGTERM."""
        prepare.make_folders()
        checks = (_address_problem, prepare.database_problem, prepare.pythons_problem)
        if problems := [problem for check in checks if (problem := check())]:
            raise CommandError("\n".join(problems))
        for name, step in prepare.STEPS:
            started = time.monotonic()
            step()
            if (took := time.monotonic() - started) > 1:
                self._say(f"  {name} ready in {took:.1f} s")
        connection.close()
        Supervisor(
            Supervised("web", _web(), os.environ), Supervised("worker", _worker(), os.environ)
        ).run(self._welcome)

    def _welcome(self, stopping: threading.Event) -> None:
        self._say(f"Starting on {settings.SITE_URL} ...")
        # Imported here, while web process and worker are starting.
        from publishing.official import publish_official  # noqa: PLC0415

        try:
            failed = publish_official(report=self._say, stopping=stopping)
        except Exception as error:  # the site works without them
            failed = [f"{type(error).__name__}: {error}"]
        finally:
            connection.close()
        for line in failed:
            self._say(f"  not live: {line}")
        if not stopping.is_set():
            self._say(_greeting())

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _web() -> list[str]:
    granian = Path(sys.executable).with_name("granian")
    return [
        str(granian), "--interface", "wsgi", "--host", settings.HOST, "--port", str(settings.PORT),
        "--workers", "1", "--blocking-threads", str(settings.WEB_THREADS),
        "--respawn-failed-workers", "--log-level", "error", "config.wsgi:application",
    ]  # fmt: skip


def _worker() -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_worker"]


def _address_problem() -> str:
    """Why HOST or PORT cannot be listened on and how to fix it, or ""."""
    host, port = settings.HOST, settings.PORT
    other_host = "Use HOST=127.0.0.1 for this machine alone, or HOST=0.0.0.0 for its network."
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        return f"HOST={host} cannot be used: {error.strerror}.\n{other_host}"
    family, kind, _, _, address = found[0]
    try:
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError as error:
        return f"PORT={port} cannot be used: {error.strerror}.\nUse a port from 1024 up."
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return f"HOST={host} cannot be used: {error.strerror}.\n{other_host}"
        return (
            f"PORT={port} cannot be used: {error.strerror}.\n"
            "Another program uses it, or a marketplace is already running.\n"
            "Try: PORT=8001 make run"
        )
    return ""


def _greeting() -> str:
    """Accounts and commands to try. The commands work in any folder."""
    lines = [f"{settings.SITE_NAME} is ready:  {settings.SITE_URL}"]
    if not settings.PRODUCTION:
        lines += [*_accounts(), *_next_commands()]
    return "\n" + "".join(f"  {line}\n" for line in [*lines, "Ctrl-C stops everything."])


def _accounts() -> list[str]:
    """The demo accounts and their passwords; not in production."""
    demo, moderator = prepare.demo_password(), prepare.moderator_password()
    return [
        f"Demo account:  {prepare.DEMO_EMAIL}  password  {demo}",
        f"Moderator:     {prepare.MODERATOR_EMAIL}  password  {moderator}",
        f"               reviews held publications at {settings.SITE_URL}/desk/",
    ]


def _next_commands() -> list[str]:
    home = settings.BASE_DIR
    python, manage = (shlex.quote(str(home / part)) for part in (".venv/bin/python", "manage.py"))
    # The other terminal needs DATA_DIR if it is not the default.
    data = f"DATA_DIR={shlex.quote(str(settings.DATA_DIR))} " if os.environ.get("DATA_DIR") else ""
    registry = [] if settings.PORT == 8000 else [f"    export LUMOS_REGISTRY={settings.SITE_URL}"]
    return [
        "Try, in another terminal and an empty folder:",
        f"    export PATH={shlex.quote(str(home / '.venv/bin'))}:$PATH",
        *registry,
        "    lumos init && lumos add tool csv-parser",
        """    lumos run csv-parser '{"csv_data": "a,b\\n1,2"}'""",
        "Publish your own:",
        f"    export LUMOS_TOKEN=$({data}{python} {manage} issue_token {prepare.DEMO_EMAIL}"
        " --scope publish)",
        "    lumos new tool demo/hello && cd hello && lumos publish",
    ]
