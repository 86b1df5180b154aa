"""The API token of a registry, from LUMOS_TOKEN, the keyring or a file with mode 0600."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path

from lumos.client.errors import Refused, UsageError
from lumos.client.files import write_atomically

__all__ = ["Token", "find_token", "forget_token", "require_token", "store_token", "token_of"]

_SERVICE = "lumos-cli"
_WORD = re.compile(r"[A-Za-z0-9_.~+/=-]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A secret and its source. The secret must never appear in a repr, a message or a log."""

    secret: str
    source: str

    def __repr__(self) -> str:
        return f"Token({self.source})"

    @property
    def headers(self) -> dict[str, str]:
        """The Authorization header."""
        return {"Authorization": f"Bearer {self.secret}"}


def find_token(registry: str) -> Token | None:
    """The token for this registry, or ``None``; raises :class:`UsageError` if it is malformed."""
    named = os.environ.get("LUMOS_TOKEN", "").strip()
    if named:
        return Token(_checked(named, "LUMOS_TOKEN"), "LUMOS_TOKEN")
    stored = _from_keyring(registry)
    if stored:
        return Token(_checked(stored, "The keyring"), "keyring")
    stored = _read_file().get(registry)
    return Token(_checked(stored, str(_file())), str(_file())) if stored else None


def token_of(secret: str) -> Token:
    """The token that the user entered; raises :class:`UsageError` if it is malformed."""
    return Token(_checked(secret, "The input"), "input")


def require_token(registry: str) -> Token:
    """The token for this registry; raises :class:`Refused` if there is none."""
    token = find_token(registry)
    if token is None:
        raise Refused(
            "You are not signed in.",
            why=f"No token for {registry} in LUMOS_TOKEN, the keyring or {_file()}.",
            hint=f"Create a token with the scope publish at {registry}/account/tokens/, "
            "then: lumos login",
        )
    return token


def store_token(registry: str, secret: str) -> str:
    """Store a token in the keyring, otherwise in the file; returns where."""
    token_of(secret)
    keyring = _keyring()
    if keyring is not None:
        with contextlib.suppress(Exception):
            keyring.set_password(_SERVICE, registry, secret)
            if keyring.get_password(_SERVICE, registry) == secret:
                return "keyring"
    _write_file({**_read_file(), registry: secret})
    return str(_file())


def forget_token(registry: str) -> bool:
    """Remove the stored token; returns whether there was one."""
    removed = False
    keyring = _keyring()
    if keyring is not None and _from_keyring(registry):
        with contextlib.suppress(Exception):
            keyring.delete_password(_SERVICE, registry)
            removed = True
    stored = _read_file()
    if stored.pop(registry, None):
        _write_file(stored)
        removed = True
    return removed


def _checked(secret: str, source: str) -> str:
    """The secret, unless it is malformed: it is sent in a header and must not be in an error."""
    if not _WORD.fullmatch(secret):
        raise UsageError(
            f"{source} is not a valid token.",
            why="A token begins with lmt_ and has only letters, digits and underscores.",
            hint="Copy it again from your account's page, or create a new one.",
        )
    return secret


def _from_keyring(registry: str) -> str | None:
    keyring = _keyring()
    if keyring is None:
        return None
    with contextlib.suppress(Exception):
        secret = keyring.get_password(_SERVICE, registry)
        return secret if isinstance(secret, str) else None
    return None


def _keyring():  # type: ignore[no-untyped-def]
    """The keyring module, or ``None`` if it has no usable backend."""
    with contextlib.suppress(Exception):
        import keyring
        from keyring.backends.fail import Keyring as NoKeyring

        return None if isinstance(keyring.get_keyring(), NoKeyring) else keyring
    return None


def _file() -> Path:
    folder = os.environ.get("LUMOS_CONFIG_DIR")
    if folder:
        return Path(folder) / "credentials.toml"
    from platformdirs import user_config_path

    return user_config_path("lumos", appauthor=False) / "credentials.toml"


def _read_file() -> dict[str, str]:
    path = _file()
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except OSError:
        return {}
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise Refused(
            f"Other users can read {path}.",
            why="The tokens in it are no longer secret.",
            hint=f"chmod 600 {path}, then replace the token",
        )
    try:
        stored = tomllib.loads(text).get("tokens", {})
    except tomllib.TOMLDecodeError:
        return {}
    return {str(registry): str(secret) for registry, secret in stored.items()}


def _write_file(tokens: dict[str, str]) -> None:
    import tomlkit

    write_atomically(_file(), tomlkit.dumps({"tokens": tokens}), mode=0o600)
