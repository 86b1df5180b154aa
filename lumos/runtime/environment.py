"""The environment variables of a tool's process: standard ones, settings, declared permissions.

No other variable of the user's shell is passed on, so the tool never gets the API token.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from lumos.client.errors import UsageError
from lumos.client.installed import InstalledTool
from lumos.package.manifest.reader import Setting

__all__ = ["tool_environment"]

_STANDARD = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "SYSTEMROOT", "TERM", "TZ"),
        *("TEMP", "TMP", "TMPDIR", "USER"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    }
)


def tool_environment(
    tool: InstalledTool, config: Mapping[str, Any], user: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The complete environment of the tool's process.

    Settings come from ``user`` (the user's environment), otherwise from ``config`` (lumos.toml).
    Raises :class:`UsageError` with every required setting that has no value.
    """
    user = os.environ if user is None else user
    environment = {name: value for name, value in user.items() if _is_granted(name, tool)}
    missing = []
    for name, setting in tool.manifest.settings.items():
        if name in user:
            environment[name] = user[name]
        elif name in config:
            environment[name] = _as_text(config[name])
        elif setting.required:
            missing.append(setting)
    if missing:
        raise _missing(tool, missing)
    return environment


def _is_granted(name: str, tool: InstalledTool) -> bool:
    if name in _STANDARD or name.startswith("LC_"):
        return True
    if name.startswith("LUMOS_"):
        return False
    return any(
        permission.kind == "environment" and permission.value in ("", "*", name)
        for permission in tool.manifest.permissions
    )


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _missing(tool: InstalledTool, settings: list[Setting]) -> UsageError:
    lines = [f"{setting.name}: {setting.description}" for setting in settings]
    first = settings[0]
    return UsageError(
        f"{tool.name} needs settings that have no value.",
        why="\n".join(lines),
        hint=f"export {first.name}=..."
        + ("" if first.secret else f", or config = {{ {first.name} = ... }} in lumos.toml"),
        details={"settings": [setting.name for setting in settings]},
    )
