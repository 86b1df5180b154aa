"""The icon, risk and meaning of each kind of permission."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

__all__ = ["kind"]

KINDS: dict[str, tuple[str, str, Any]] = {
    "network": ("globe", "medium", _("Connects to hosts on the network")),
    "file-read": ("file-text", "low", _("Reads files")),
    "file-write": ("pencil", "medium", _("Writes files")),
    "environment": ("variable", "low", _("Reads environment variables")),
    "database": ("database", "medium", _("Connects to a database")),
    "crypto": ("key-round", "high", _("Uses cryptography")),
    "system-command": ("terminal", "high", _("Starts other programs")),
    "user-data": ("user", "high", _("Handles personal data")),
    "admin": ("lock", "high", _("Changes the system itself")),
    "custom": ("puzzle", "medium", _("Custom permission")),
}


def kind(name: str) -> tuple[str, str, Any]:
    """Icon, risk (a key of labels.RISKS) and meaning."""
    return KINDS.get(name, KINDS["custom"])
