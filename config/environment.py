"""Reads settings from the environment, and collects all that is wrong before it refuses.

A problem names the variable, says what is wrong and how to fix it. Values that may hold a password
are never repeated.
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
    """One reading of the environment; ``check`` refuses with everything that was wrong."""

    def __init__(self) -> None:
        self.env = environ.Env()
        self.problems: list[str] = []

    def check(self) -> None:
        """Raises ImproperlyConfigured with one line for each problem."""
        if self.problems:
            raise ImproperlyConfigured("\n".join(dict.fromkeys(self.problems)))

    def refuse(self, problem: str) -> None:
        """Note a problem; the reading goes on."""
        self.problems.append(problem)

    def text(self, name: str, default: str = "") -> str:
        """Any text."""
        return str(self.env.str(name, default=default))

    def words(self, name: str, default: list[str]) -> list[str]:
        """Texts with commas between."""
        return list(self.env.list(name, default=default))

    def number(self, name: str, default: int, *, least: int = 1, most: int = 10**9) -> int:
        """A whole number within its limits."""
        text = self.text(name)
        if not text:
            return default
        if re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII) is None:
            self.refuse(f"{name}={text!r} is not a whole number. For example: {name}={default}")
            return default
        if not least <= int(text) <= most:
            limits = f"at least {least}" if most == 10**9 else f"from {least} to {most}"
            self.refuse(f"{name}={text} is out of range. Use a whole number {limits}")
            return default
        return int(text)

    def switch(self, name: str, default: bool) -> bool:
        """On or off. A misspelled PRODUCTION must not quietly mean no."""
        text = self.text(name).strip().lower()
        if text in ("1", "true", "yes", "on", "0", "false", "no", "off", ""):
            return text in ("1", "true", "yes", "on") if text else default
        self.refuse(f"{name}={text!r} is neither on nor off. Use {name}=1 or {name}=0")
        return default

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """A word from a list."""
        text = self.text(name, default)
        if text not in allowed:
            self.refuse(f"{name}={text!r} is unknown. Use one of: {', '.join(allowed)}")
        return text

    def rate(self, name: str, default: str) -> str:
        """How many requests in which time."""
        text = self.text(name, default)
        if not re.fullmatch(r"\d+/(s|sec|m|min|h|hour|d|day)", text):
            self.refuse(f"{name}={text!r} is not a rate. For example: {name}={default}")
        return text

    def address(self, name: str, default: str = "", example: str = "") -> str:
        """An http or https address, without a slash at its end; empty where none is given."""
        text = self.text(name, default).rstrip("/")
        parts = _parts(text)
        if text and (parts is None or parts[0] not in ("http", "https") or not parts[1]):
            self.refuse(
                f"{name} is not an http:// or https:// address. For example: {name}={example}"
            )
            return default
        return text

    def contact(self, name: str) -> str:
        """A mailto: or https: address, or empty."""
        text = self.text(name)
        if text and not re.match(r"mailto:.+@.+|https://.+", text):
            self.refuse(
                f"{name}={text!r} is neither a mailto: nor an https: address. "
                f"For example: {name}=mailto:security@example.org"
            )
        return text

    def redis(self, name: str) -> str:
        """The address of a Redis, or empty. Celery would take another word for RabbitMQ's."""
        text = self.text(name)
        parts = _parts(text)
        if text and (parts is None or parts[0] not in ("redis", "rediss") or not parts[1]):
            self.refuse(
                f"{name} is not the address of a Redis server. Write it as "
                f"redis://:PASSWORD@HOST:6379/0, or unset it to run without Redis"
            )
            return ""
        return text

    def database(self, name: str, otherwise: Path) -> dict[str, Any]:
        """PostgreSQL where ``name`` says so, else the SQLite file."""
        url = self.text(name)
        if not url:
            return {"ENGINE": _DATABASES[0], "NAME": str(otherwise)}
        read: dict[str, Any] = {}
        if url.startswith(("postgres://", "postgresql://", "sqlite://")):
            with contextlib.suppress(ImproperlyConfigured, ValueError, KeyError):
                read = dict(self.env.db_url_config(url))
        if read.get("ENGINE") not in _DATABASES or not read.get("NAME"):
            self.refuse(
                f"{name} is not the address of a PostgreSQL database. Write it as "
                "postgresql://USER:PASSWORD@HOST:5432/NAME, or unset it for SQLite in DATA_DIR"
            )
            return {"ENGINE": _DATABASES[0], "NAME": str(otherwise)}
        return read

    def mail(self, name: str) -> dict[str, Any]:
        """How mail is sent; to the console where nothing is given."""
        try:
            return dict(self.env.email_url_config(self.text(name) or "consolemail://"))
        except (ImproperlyConfigured, ValueError, KeyError):
            self.refuse(
                f"{name} is not the address of a mail server. Write it as "
                "smtp+tls://USER:PASSWORD@HOST:587, or unset it to have mail on the console"
            )
            return {}

    def folder(self, name: str, default: Path) -> Path:
        """A folder that is there or can be made, and may be written."""
        path = Path(self.text(name) or default).resolve()
        there = next(parent for parent in (path, *path.parents) if parent.exists())
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            self.refuse(
                f"{name}={str(path)!r} cannot be written. Everything that the marketplace keeps "
                "is stored there. Name a folder that this user may write"
            )
        return path

    def programs(self, name: str) -> list[str]:
        """Commands that are here, with commas between."""
        commands = self.words(name, [])
        for command in commands:
            if not shutil.which(command):
                self.refuse(
                    f"{name} names {command!r}, which is not a program here. Give the paths of "
                    "Python interpreters with commas between, or unset it to use those found"
                )
        return commands

    def secret(self, name: str, otherwise: str) -> str:
        """A secret that is long enough to sign with, or ``otherwise`` where none is given."""
        text = self.text(name)
        if text and len(text) < _SHORTEST_SECRET:
            self.refuse(
                f"{name} has {len(text)} characters, and {_SHORTEST_SECRET} are the fewest that "
                f"are safe. {MAKE_SECRET}"
            )
        return text or otherwise


MAKE_SECRET = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"  # noqa: S105


def _parts(text: str) -> tuple[str, str] | None:
    """Scheme and host of an address whose port, if any, is one; None for what is no address."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts.scheme, parts.hostname or ""
