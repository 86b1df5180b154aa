"""The interface of a scanner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from lumos.package.findings import Finding
from security_scan.guard import Guard
from security_scan.target import Target

__all__ = ["MemoryScanner", "Scanner"]


class Scanner(Protocol):
    """Finds problems in an unpacked package.

    A scanner only reads ``target`` and runs none of its code. It returns the same findings for
    the same files. It iterates over files with ``guard.each``, so that a file that crashes it
    becomes a finding and the others are still scanned.
    """

    @property
    def name(self) -> str:
        """A short, unique name."""
        ...

    @property
    def version(self) -> str:
        """The version; changes whenever the same files may give different findings."""
        ...

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """The findings, in any order."""
        ...


@dataclass
class MemoryScanner:
    """A scanner for tests that reports given findings for files with given texts."""

    name: str = "memory"
    version: str = "1"
    findings: dict[str, Finding] = field(default_factory=dict)

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """For each (text, finding): the finding once for each file that contains the text."""
        return guard.each(
            self.name, target.text_files, lambda file: self._check(file.text, file.path)
        )

    def _check(self, text: str, path: str) -> Iterable[Finding]:
        for needle, finding in self.findings.items():
            if needle in text:
                line = text[: text.index(needle)].count("\n") + 1
                yield Finding.from_dict({**finding.as_dict(), "file": path, "line": line})
