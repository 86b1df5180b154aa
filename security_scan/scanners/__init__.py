"""The table of all scanners."""

from __future__ import annotations

from security_scan.scanners.bandit import BanditScanner
from security_scan.scanners.base import Scanner
from security_scan.scanners.code_texts import CodeTextsScanner
from security_scan.scanners.descriptions import DescriptionsScanner
from security_scan.scanners.files import FilesScanner
from security_scan.scanners.hidden_text import HiddenTextScanner
from security_scan.scanners.malware import MalwareScanner
from security_scan.scanners.permissions import PermissionsScanner
from security_scan.scanners.run_data import RunDataScanner
from security_scan.scanners.secrets import SecretsScanner
from security_scan.scanners.started import StartedScriptsScanner

__all__ = ["Scanner", "all_scanners"]


def all_scanners() -> tuple[Scanner, ...]:
    """New scanners in the order in which they run."""
    return (
        FilesScanner(),
        StartedScriptsScanner(),
        RunDataScanner(),
        PermissionsScanner(),
        MalwareScanner(),
        DescriptionsScanner(),
        CodeTextsScanner(),
        HiddenTextScanner(),
        SecretsScanner(),
        BanditScanner(),
    )
