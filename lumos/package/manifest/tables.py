"""Reading a table that a person wrote: the right keys, of the right type, each problem located."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from lumos.package.excerpts import excerpt
from lumos.package.findings import Finding, PackageRefused
from lumos.package.manifest.tomllines import Path, locate
from lumos.package.rulebook import RULES
from lumos.package.text import first_hidden

__all__ = ["Report", "Table"]

T = TypeVar("T")

_TYPE_NAMES = {str: "a string", bool: "true or false", int: "a whole number", dict: "a table"}
_TYPE_NAMES |= {list: "an array"}


class Report:
    """The findings on one file, with the lines of its keys."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._text = text.splitlines()
        self._lines = locate(text)

    def refuse(self, rule: str, path: Path, message: str, *, fix: str = "") -> None:
        """Add a finding at the line of ``path`` or of what holds it, with the lines around it."""
        line = self.line(path)
        around = excerpt(self._text, line)
        self.findings.append(
            RULES[rule].finding(message, self.file, line, fix=fix, evidence=around)
        )

    def line(self, path: Path) -> int | None:
        """The line of a key, or of the nearest thing around it that has one."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None

    def raise_if_any(self) -> None:
        """Raise :class:`PackageRefused` with every finding, if there is one."""
        if self.findings:
            raise PackageRefused(self.findings)


class Table:
    """One table of a document; reading a key that is missing or wrong adds a finding."""

    def __init__(self, data: Mapping[str, Any], path: Path, report: Report) -> None:
        self.data = data
        self.path = path
        self.report = report

    def refuse(self, rule: str, key: str | None, message: str, *, fix: str = "") -> None:
        """Add a finding at this table or at one of its keys."""
        path = self.path if key is None else (*self.path, key)
        self.report.refuse(rule, path, message, fix=fix)

    def name(self, key: str) -> str:
        """A key as a message calls it: ``functions.search.entry``."""
        return ".".join(str(part) for part in (*self.path, key))

    def only(self, known: Iterable[str], hints: Mapping[str, str] | None = None) -> None:
        """Refuse keys that are not known, naming the nearest."""
        known = tuple(known)
        for key in self.data:
            if key in known:
                continue
            near = difflib.get_close_matches(key[:64], known, n=1)
            fix = (hints or {}).get(key) or (
                f'Write "{near[0]}".' if near else f"Remove it, or use one of: {', '.join(known)}."
            )
            self.refuse(
                "manifest/unknown-key",
                key,
                f"The key {self.name(key)[:120]!r} is not known.",
                fix=fix,
            )

    def get(self, key: str, kind: type[T], *, required: bool = False) -> T | None:
        """The value of a key, or ``None`` where it is missing or of another type."""
        if key not in self.data:
            if required:
                self.refuse(
                    "manifest/missing-key",
                    None,
                    f"The key {self.name(key)!r} is missing.",
                    fix=f"Add {key} as {_TYPE_NAMES[kind]}.",
                )
            return None
        value = self.data[key]
        if isinstance(value, kind) and (kind is not int or not isinstance(value, bool)):
            return value
        self.refuse(
            "manifest/wrong-type",
            key,
            f"{self.name(key)} is {_type_name(value)}; it must be {_TYPE_NAMES[kind]}.",
            fix=f"Write {key} as {_TYPE_NAMES[kind]}.",
        )
        return None

    def text(self, key: str, *, limit: int, required: bool = False) -> str:
        """A line of text for people: not empty, not longer than ``limit``, nothing hidden."""
        value = self.get(key, str, required=required)
        if value is None:
            return ""
        if not value.strip() or len(value) > limit:
            self.refuse(
                "manifest/text-length",
                key,
                f"{self.name(key)} has {len(value)} characters; it must have 1 to {limit}.",
            )
        if hidden := first_hidden(value):
            self.refuse(
                "hidden-text/manifest",
                key,
                f"{self.name(key)} contains the invisible character {hidden}.",
            )
        return value.strip()

    def strings(self, key: str) -> tuple[tuple[int, str], ...]:
        """An array of strings as (position, string); others are refused."""
        found: list[tuple[int, str]] = []
        for index, item in enumerate(self.get(key, list) or []):
            if isinstance(item, str):
                found.append((index, item))
            else:
                self.refuse(
                    "manifest/wrong-type",
                    key,
                    f"Item {index + 1} of {self.name(key)} is {_type_name(item)}.",
                    fix="Put the item in quotes.",
                )
        return tuple(found)

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The named tables below a key: ``[functions.search]``, ``[functions.fetch]``."""
        for name in self.get(key, dict) or {}:
            inner = Table(self.get(key, dict) or {}, (*self.path, key), self.report)
            value = inner.get(name, dict)
            if value is not None:
                yield name, Table(value, (*inner.path, name), self.report)

    def items(self, key: str) -> Iterator[Table]:
        """The tables of an array of tables: ``[[functions.search.examples]]``."""
        for index, item in enumerate(self.get(key, list) or []):
            path = (*self.path, key, index)
            if isinstance(item, dict):
                yield Table(item, path, self.report)
            else:
                self.report.refuse(
                    "manifest/wrong-type",
                    path,
                    f"Item {index + 1} of {self.name(key)} is {_type_name(item)}.",
                    fix=f"Write it as [[{self.name(key)}]] with keys below.",
                )


def _type_name(value: object) -> str:
    for kind in (bool, int, str, list, dict):
        if isinstance(value, kind):
            return _TYPE_NAMES[kind]
    return f"a {type(value).__name__}"
