"""The environment variables that a tool gets: the usual ones, its settings, what it declared.

A token of the marketplace or any other variable of the user's shell stays outside.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from lumos.client.errors import UsageError
from lumos.client.installed import InstalledTool
from lumos.package.manifest.reader import Setting

__all__ = ["tool_environment"]

_USUAL = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "SYSTEMROOT", "TERM", "TZ"),
        *("TEMP", "TMP", "TMPDIR", "USER"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    }
)


def tool_environment(
    tool: InstalledTool, config: Mapping[str, Any], outside: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The whole environment of the tool's process.

    Settings come from ``outside`` (the user's environment), else from ``config`` (lumos.toml).
    Raises :class:`UsageError` naming every required setting that has no value.
    """
    outside = os.environ if outside is None else outside
    found = {name: value for name, value in outside.items() if _is_granted(name, tool)}
    missing = []
    for name, setting in tool.manifest.settings.items():
        if name in outside:
            found[name] = outside[name]
        elif name in config:
            found[name] = _as_text(config[name])
        elif setting.required:
            missing.append(setting)
    if missing:
        raise _missing(tool, missing)
    return found


def _is_granted(name: str, tool: InstalledTool) -> bool:
    if name in _USUAL or name.startswith("LC_"):
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
    lines = [f"{each.name}: {each.description}" for each in settings]
    first = settings[0]
    return UsageError(
        f"{tool.name} needs a setting that has no value.",
        why="\n".join(lines),
        hint=f"export {first.name}=..."
        + ("" if first.secret else f", or config = {{ {first.name} = ... }} in lumos.toml"),
        details={"settings": [each.name for each in settings]},
    )
