"""The rules of the package format and of the scanners, in one table."""

from __future__ import annotations

from lumos.package import rulebook
from lumos.package.rules import merged
from security_scan.rules import bandit, files, malware, permissions, secrets, text

__all__ = ["RULES"]

RULES = merged(
    rulebook.RULES,
    files.RULES,
    permissions.RULES,
    malware.RULES,
    secrets.RULES,
    text.RULES,
    bandit.RULES,
)
