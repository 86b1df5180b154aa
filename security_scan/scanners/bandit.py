"""Bandit with a fixed configuration, for weaknesses in code. It does not look for malware."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib.metadata import version
from io import BytesIO
from typing import Any

from lumos.package.findings import Finding, Severity
from lumos.package.masking import MASK, mask
from security_scan.guard import Guard
from security_scan.rules.bandit import RULES
from security_scan.target import SourceFile, Target

__all__ = ["BanditScanner"]

SEVERITY = {"LOW": Severity.LOW, "MEDIUM": Severity.MEDIUM, "HIGH": Severity.HIGH}
# Skipped tests: an assert is no weakness of a library, and imports are covered by tests of calls.
LEFT_OUT = ("B101", "B404", "B403", "B405", "B406", "B407", "B408", "B409")

#: Tests whose messages contain the password that they found.
PASSWORDS = ("B105", "B106", "B107")
VALUE = re.compile(r": '.*'", re.DOTALL)


class BanditScanner:
    """Runs all Bandit tests except SKIPPED ones on every Python file."""

    name = "bandit"

    @cached_property
    def version(self) -> str:
        """Bandit's own version."""
        return version("bandit")

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``bandit/B…``; the package's configuration and ``# nosec`` are ignored."""
        _ = self._manager  # loaded before the first step, so that it does not count as its time
        return guard.each(self.name, target.python_files, self._check)

    @cached_property
    def _manager(self) -> Any:
        return _load()

    def _check(self, file: SourceFile) -> Iterator[Finding]:
        manager = self._manager
        manager.results, manager.skipped = [], []
        manager._parse_file(str(file.absolute), BytesIO(file.data), [str(file.absolute)])
        for issue in manager.results:
            yield _finding(issue, file.path)
        for _, reason in manager.skipped:
            if reason == "exception while scanning file":
                raise RuntimeError("Bandit gave up on the file")


def _load() -> Any:
    """Bandit's manager. Suppresses the warnings of its import and restores the warnings' format."""
    shown = warnings.formatwarning
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bandit.core.config import BanditConfig  # noqa: PLC0415 - costs 0.3 s
        from bandit.core.manager import BanditManager  # noqa: PLC0415

        logging.getLogger("bandit").setLevel(logging.CRITICAL)
        manager = BanditManager(
            BanditConfig(), "file", profile={"exclude": list(LEFT_OUT)}, ignore_nosec=True
        )
    warnings.formatwarning = shown
    return manager


def _finding(issue: Any, path: str) -> Finding:
    from bandit.core.docs_utils import get_url  # noqa: PLC0415

    text = VALUE.sub(f": '{MASK}'", issue.text) if issue.test_id in PASSWORDS else issue.text
    rule = RULES[f"bandit/{issue.test_id}"]
    severity = SEVERITY.get(issue.severity, rule.severity)
    return rule.finding(
        " ".join(mask(text).split())[:400],
        path,
        issue.lineno,
        weaker=severity if severity in rule.weaker else None,
        confidence=issue.confidence.lower(),
        evidence={"link": get_url(issue.test_id), "cwe": issue.cwe.id or None},
    )
