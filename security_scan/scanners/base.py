"""What every scanner is: a name, a version and one method."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from lumos.package.findings import Finding
from security_scan.guard import Guard
from security_scan.target import Target

__all__ = ["MemoryScanner", "Scanner"]


class Scanner(Protocol):
    """Looks at an unpacked package and says what it found.

    A scanner reads ``target`` only, runs nothing of it, gives the same findings for the same
    files, and goes through files with ``guard.each`` so that one bad file costs one finding.
    """

    @property
    def name(self) -> str:
        """A short word, unique among the scanners."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same files may give other findings."""
        ...

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """What is wrong, in any order."""
        ...


@dataclass
class MemoryScanner:
    """A scanner for tests: says what it was told to say, in the files where that text stands."""

    name: str = "memory"
    version: str = "1"
    findings: dict[str, Finding] = field(default_factory=dict)

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """For each (text, finding): the finding once per file that holds the text."""
        return guard.each(
            self.name, target.text_files, lambda file: self._check(file.text, file.path)
        )

    def _check(self, text: str, path: str) -> Iterable[Finding]:
        for needle, finding in self.findings.items():
            if needle in text:
                line = text[: text.index(needle)].count("\n") + 1
                yield Finding.from_dict({**finding.as_dict(), "file": path, "line": line})
