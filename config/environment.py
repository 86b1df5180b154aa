"""Read settings from environment variables and report all problems at once.

A problem names the variable, says what is wrong and how to fix it. Values that may contain a
password are not repeated.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SHORTEST_SECRET = 50
_DATABASES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")


class Environment:
    """Reads environment variables; ``check`` reports the problems."""

    def __init__(self) -> None:
        self.env = environ.Env()
        self.problems: list[str] = []

    def check(self) -> None:
        """Raises ImproperlyConfigured with one line for each problem."""
        if self.problems:
            raise ImproperlyConfigured("\n".join(dict.fromkeys(self.problems)))

    def add_problem(self, problem: str) -> None:
        """Add a problem; reading continues with the default."""
        self.problems.append(problem)

    def text(self, name: str, default: str = "") -> str:
        """Any text."""
        return str(self.env.str(name, default=default))

    def words(self, name: str, default: list[str]) -> list[str]:
        """A comma-separated list."""
        return list(self.env.list(name, default=default))

    def number(self, name: str, default: int, *, least: int = 1, most: int = 10**9) -> int:
        """A whole number from ``least`` to ``most``."""
        text = self.text(name)
        if not text:
            return default
        if re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII) is None:
            self.add_problem(
                f"{name}={text!r} is not a whole number. For example: {name}={default}"
            )
            return default
        if not least <= int(text) <= most:
            limits = f"at least {least}" if most == 10**9 else f"from {least} to {most}"
            self.add_problem(f"{name}={text} is out of range. Use a whole number {limits}")
            return default
        return int(text)

    def switch(self, name: str, default: bool) -> bool:
        """A boolean. Unknown words are problems, so that a misspelled PRODUCTION=1 is noticed."""
        text = self.text(name).strip().lower()
        if text in ("1", "true", "yes", "on", "0", "false", "no", "off", ""):
            return text in ("1", "true", "yes", "on") if text else default
        self.add_problem(f"{name}={text!r} is neither on nor off. Use {name}=1 or {name}=0")
        return default

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of ``allowed``."""
        text = self.text(name, default)
        if text not in allowed:
            self.add_problem(f"{name}={text!r} is unknown. Use one of: {', '.join(allowed)}")
        return text

    def rate(self, name: str, default: str) -> str:
        """A rate limit such as ``600/min``."""
        text = self.text(name, default)
        if not re.fullmatch(r"\d+/(s|sec|m|min|h|hour|d|day)", text):
            self.add_problem(f"{name}={text!r} is not a rate limit. For example: {name}={default}")
        return text

    def address(self, name: str, default: str = "", example: str = "") -> str:
        """An http(s) URL without a trailing slash, or empty."""
        text = self.text(name, default).rstrip("/")
        parts = _parts(text)
        if text and (parts is None or parts[0] not in ("http", "https") or not parts[1]):
            self.add_problem(
                f"{name} is not an http:// or https:// URL. For example: {name}={example}"
            )
            return default
        return text

    def contact(self, name: str) -> str:
        """A mailto: or https: URL, or empty."""
        text = self.text(name)
        if text and not re.match(r"mailto:.+@.+|https://.+", text):
            self.add_problem(
                f"{name}={text!r} is neither a mailto: nor an https: URL. "
                f"For example: {name}=mailto:security@example.org"
            )
        return text

    def redis(self, name: str) -> str:
        """A Redis URL, or empty. Checked here, because Celery also accepts RabbitMQ URLs."""
        text = self.text(name)
        parts = _parts(text)
        if text and (parts is None or parts[0] not in ("redis", "rediss") or not parts[1]):
            self.add_problem(
                f"{name} is not the URL of a Redis server. Use the form "
                f"redis://:PASSWORD@HOST:6379/0, or unset it to run without Redis"
            )
            return ""
        return text

    def database(self, name: str, otherwise: Path) -> dict[str, Any]:
        """The database of the URL, or the SQLite file ``otherwise`` without one."""
        url = self.text(name)
        if not url:
            return {"ENGINE": _DATABASES[0], "NAME": str(otherwise)}
        read: dict[str, Any] = {}
        if url.startswith(("postgres://", "postgresql://", "sqlite://")):
            with contextlib.suppress(ImproperlyConfigured, ValueError, KeyError):
                read = dict(self.env.db_url_config(url))
        if read.get("ENGINE") not in _DATABASES or not read.get("NAME"):
            self.add_problem(
                f"{name} is not the URL of a PostgreSQL database. Use the form "
                "postgresql://USER:PASSWORD@HOST:5432/NAME, or unset it for SQLite in DATA_DIR"
            )
            return {"ENGINE": _DATABASES[0], "NAME": str(otherwise)}
        return read

    def mail(self, name: str) -> dict[str, Any]:
        """The mail server; without one, emails are printed to the console."""
        try:
            return dict(self.env.email_url_config(self.text(name) or "consolemail://"))
        except (ImproperlyConfigured, ValueError, KeyError):
            self.add_problem(
                f"{name} is not the URL of a mail server. Use the form "
                "smtp+tls://USER:PASSWORD@HOST:587, or unset it to print emails to the console"
            )
            return {}

    def folder(self, name: str, default: Path) -> Path:
        """A writable folder, which may not exist yet."""
        path = Path(self.text(name) or default).resolve()
        there = next(parent for parent in (path, *path.parents) if parent.exists())
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            self.add_problem(
                f"{name}={str(path)!r} is not writable. The marketplace stores all its data "
                "there. Choose a folder that this user can write to"
            )
        return path

    def programs(self, name: str) -> list[str]:
        """A comma-separated list of programs that exist on this machine."""
        commands = self.words(name, [])
        for command in commands:
            if not shutil.which(command):
                self.add_problem(
                    f"{name} names {command!r}, which is not a program on this machine. List the "
                    "paths of Python interpreters, separated by commas, or unset it to find them"
                )
        return commands

    def secret(self, name: str, otherwise: str) -> str:
        """A secret of at least 50 characters, or ``otherwise`` if it is not set."""
        text = self.text(name)
        if text and len(text) < _SHORTEST_SECRET:
            self.add_problem(
                f"{name} has {len(text)} characters and needs at least {_SHORTEST_SECRET}. "
                f"{MAKE_SECRET}"
            )
        return text or otherwise


MAKE_SECRET = "Generate one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"  # noqa: S105


def _parts(text: str) -> tuple[str, str] | None:
    """The scheme and host of a URL; None if it or its port is invalid."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts.scheme, parts.hostname or ""
