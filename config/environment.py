"""Read settings from environment variables and report all problems at once.

A problem names the variable, says what is wrong and how to fix it. Values that may contain a
password are not repeated.
"""

from __future__ import annotations

import contextlib
import ipaddress
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
#: A random key of that length has more different characters, also in hexadecimal.
_FEWEST_CHARACTERS = 8
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
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
        text = self.text(name) or default
        if not re.fullmatch(r"[1-9][0-9]{0,8}/(s|sec|m|min|h|hour|d|day)", text):
            self.add_problem(
                f"{name}={text!r} is not a rate limit: a whole number of requests, at least 1, for "
                f"each s, min, hour or day. For example: {name}={default}"
            )
            return default
        return text

    def host(self, name: str, default: str) -> str:
        """An IP address or a host name to listen on."""
        text = self.text(name) or default
        if not _is_host(text):
            self.add_problem(
                f"{name}={text!r} is neither an IP address nor a host name. Use "
                f"{name}={default} for this machine alone, or {name}=0.0.0.0 for its network"
            )
            return default
        return text

    def hosts(self, name: str, default: list[str]) -> list[str]:
        """Host names that requests may have: ``a.example``, ``.example`` (with subdomains) or *."""
        hosts = [host.strip() for host in self.words(name, default)]
        for host in hosts:
            bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
            is_ipv6 = ":" in bare
            if host != "*" and (is_ipv6 == (bare is host) or not _is_host(bare.removeprefix("."))):
                self.add_problem(
                    f"{name} has {host!r}, which is not a host name. List names without scheme, "
                    f"port and path. For example: {name}=tools.example.org,10.0.0.1"
                )
        return hosts

    def site(self, name: str, default: str, example: str) -> str:
        """The http(s) URL of a whole host: no path, query, fragment, user or password."""
        text = self.address(name, default, example)
        rest = urlsplit(text)
        if "@" in rest.netloc or rest.path or rest.query or rest.fragment or text[-1] in "?#":
            bare = f"{rest.scheme}://{rest.netloc.rpartition('@')[2]}"
            self.add_problem(
                f"{name} has more than a scheme, a host and a port. The marketplace needs a host "
                f"of its own and is not served below a path. Use {name}={bare}"
            )
            return default
        return text

    def address(self, name: str, default: str = "", example: str = "") -> str:
        """An http(s) URL without a trailing slash, or empty. It may have a path."""
        text = (self.text(name) or default).rstrip("/")
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
        """A random secret of at least 50 characters, or ``otherwise`` if it is not set."""
        text = self.text(name)
        if text and len(text) < _SHORTEST_SECRET:
            self.add_problem(
                f"{name} has {len(text)} characters and needs at least {_SHORTEST_SECRET}. "
                f"{MAKE_SECRET}"
            )
        elif text and _is_easily_guessed(text):
            self.add_problem(f"{name} is not random: it repeats few characters. {MAKE_SECRET}")
        return text or otherwise


MAKE_SECRET = "Generate one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"  # noqa: S105


def _is_easily_guessed(secret: str) -> bool:
    """Whether it has few different characters or is a shorter text, repeated."""
    period = (secret + secret).index(secret, 1)
    return len(set(secret)) < _FEWEST_CHARACTERS or period <= len(secret) // 2


def _is_host(text: str) -> bool:
    """Whether it is an IP address (IPv6 without brackets) or has the form of a host name."""
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(text))
    numeric = re.fullmatch(r"[0-9.]+", text)  # a mistyped IPv4 address
    return not numeric and re.fullmatch(rf"{_LABEL}(\.{_LABEL})*\.?", text.lower()) is not None


def _parts(text: str) -> tuple[str, str] | None:
    """The scheme and host of a URL; None if it or its port is invalid."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts.scheme, parts.hostname or ""
