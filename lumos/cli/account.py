"""``login``, ``logout`` and ``whoami``: the API token for a registry."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from lumos.cli.output import out

if TYPE_CHECKING:
    from lumos.client.credentials import Token

__all__ = ["login", "logout", "whoami"]


def login() -> None:
    """Store an API token, from a prompt or from stdin, after checking it with the registry."""
    from lumos.client.credentials import store_token, token_of
    from lumos.client.errors import NetworkError
    from lumos.client.transport import Transport

    root = Transport().root
    if sys.stdin.isatty():
        secret = typer.prompt(f"Token for {root}", hide_input=True, err=True)
    else:
        secret = sys.stdin.readline()
    try:
        who = _who(token_of(secret.strip()))
    except NetworkError as error:
        out.say(f"Could not check the token: {error.what} {error.why}")
        who = {}
    location = store_token(root, secret.strip())
    out.say(f"Stored the token for {root} in: {location}")
    if os.environ.get("LUMOS_TOKEN"):
        out.say("LUMOS_TOKEN takes precedence. To use the stored token: unset LUMOS_TOKEN")
    out.result(_sentence(who, root) if who else "", {"registry": root, "stored": location, **who})


def logout() -> None:
    """Remove the stored token for the registry."""
    from lumos.client.credentials import forget_token
    from lumos.client.transport import Transport

    root = Transport().root
    removed = forget_token(root)
    out.say(f"Removed the token for {root}." if removed else f"No token was stored for {root}.")
    out.result("", {"registry": root, "forgotten": removed})


def whoami() -> None:
    """Show the account that the token belongs to and its scopes."""
    from lumos.client.transport import registry_root

    who = _who()
    out.result(_sentence(who, registry_root()), who)


def _who(token: Token | None = None) -> dict[str, Any]:
    from lumos.client.api import Api
    from lumos.client.transport import Transport

    return Api(Transport(), token).whoami()


def _sentence(who: dict[str, Any], root: str) -> str:
    lines = [f"{who.get('email') or who.get('name')} at {root}"]
    for key in ("namespaces", "token", "scopes", "expires_at"):
        value = who.get(key)
        text = ", ".join(map(str, value)) if isinstance(value, list) else value
        if text:
            lines.append(f"  {key.replace('_', ' '):<12} {text}")
    return "\n".join(lines)
